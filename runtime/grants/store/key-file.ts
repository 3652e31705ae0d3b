import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, writeSync } from 'node:fs';
import { keysInFile } from '../../sealing/sealing-keys.ts';
import type { SealingKeys } from '../../sealing/sealing-keys.ts';
import { codeOf, isOpenToOthers, privateFile } from '../../store/store-files.ts';
import { StoreFileError } from '../../store/store-errors.ts';

/** Gives the keys of a key file, null where there is none. Throws StoreFileError if others can read it. */
export function readKeyFile(path: string): SealingKeys | null {
  if (!existsSync(path)) return null;
  if (isOpenToOthers(path))
    throw new StoreFileError(
      `${path} holds the key of the store of grants, and others can read it: \`chmod 600\` it, and where others may ` +
        'have read it, give a new key before it in GW_ENCRYPTION_KEY and run `gw secret rotate`',
    );
  return keysInFile(path);
}

/**
 * Makes a key file that only this user can read, unless there is one. It is there whole or not at all: of several
 * processes one makes it, and all go on with the same key.
 */
export function makeKeyFile(path: string): void {
  const whole = `${path}.${randomUUID()}`;
  privateFile(whole);
  try {
    const file = openSync(whole, 'w');
    writeSync(file, `${randomBytes(32).toString('base64')}\n`);
    fsyncSync(file);
    closeSync(file);
    linkSync(whole, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(whole);
  }
}
