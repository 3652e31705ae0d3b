import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { SEALABLE_FIELDS, sealableField } from '../compiler/fields/sealable-field.ts';
import { KEY_VARIABLES, SealingKeyError, sealingKeys } from '../runtime/sealing/sealing-keys.ts';
import type { SealingKeys } from '../runtime/sealing/sealing-keys.ts';
import { seal } from '../runtime/sealing/envelope.ts';
import { UsageError } from './usage-error.ts';

const KEY_BYTES = 32;

/** Adds `gw secret keygen` and `gw secret seal`. */
export function addSecretCommand(program: Command): void {
  const secret = program.command('secret').description('sealed text: secrets that may stand in YAML');
  secret
    .command('keygen')
    .description(
      `print a new key, for ${KEY_VARIABLES[0]}; several, separated by commas, open, and the first seals`,
    )
    .action(() => {
      process.stdout.write(`${randomBytes(KEY_BYTES).toString('base64')}\n`);
    });
  secret
    .command('seal <connection> <field>')
    .description('seal the secret on standard input for one field of a connection, and print the sealed text')
    .option('--caller', 'the first name is that of a caller, and its field is key')
    .addHelpText(
      'after',
      `\nThe key is read from ${KEY_VARIABLES[0]}. A field in a map is written with a slash: static_headers/X-Team.\nExample: gw secret seal stripe credential < key.txt`,
    )
    .action(async (name: string, field: string, { caller }: { readonly caller?: boolean }) => {
      const boundTo = `${caller === true ? 'callers' : 'connections'}/${name}/${checkedField(field, caller === true)}`;
      process.stdout.write(`${seal(await readSecret(), boundTo, keys())}\n`);
    });
}

function checkedField(field: string, ofCaller: boolean): string {
  const sealable = ofCaller ? (field === 'key' ? field : null) : sealableField(field);
  if (sealable !== null) return sealable;
  throw new UsageError(
    ofCaller
      ? 'a caller has one secret field: key'
      : `${JSON.stringify(field)} is no field that takes sealed text; these do: ${SEALABLE_FIELDS.join(', ')}`,
  );
}

/** One newline at the end is what editors and `echo` leave behind; more is part of the secret, as with `${file:…}`. */
async function readSecret(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('gw secret seal: type the secret, then Ctrl-D\n');
  const secret = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (secret === '') throw new UsageError('there is nothing on standard input');
  return secret;
}

function keys(): SealingKeys {
  try {
    const found = sealingKeys(process.env);
    if (found !== null) return found;
  } catch (error) {
    if (error instanceof SealingKeyError) throw new UsageError(error.message);
    throw error;
  }
  throw new UsageError(`set ${KEY_VARIABLES[0]} to the key that \`gw secret keygen\` printed`);
}
