import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Hidden } from '../hidden.ts';

/** One key of AES-256. */
export interface SealingKey {
  /** Made from the key, so that nobody has to name it: 8 hex digits. */
  readonly id: string;
  readonly bytes: Hidden<Buffer>;
}

/** The keys that open; the first of them seals. */
export interface SealingKeys {
  readonly first: SealingKey;
  readonly byId: ReadonlyMap<string, SealingKey>;
}

/** The variables that hold the keys; the second is looked at where the first is not set. */
export const KEY_VARIABLES = ['GW_ENCRYPTION_KEY', 'ENCRYPTION_KEY'] as const;

const KEY_BYTES = 32;
/** Keys look so, with a slip or without: 40 characters of base64 or hex and more in a row. */
const KEY_LIKE = /[A-Za-z0-9+_=-]{40}|^[A-Za-z0-9+][A-Za-z0-9+/=]{39}/;

/** Says why keys cannot be used. Never a key. */
export class SealingKeyError extends Error {
  override readonly name = 'SealingKeyError';
}

/**
 * Gives the keys of the environment, null where there is none: 32 bytes each as 64 hex digits or as base64,
 * or `file:PATH` of a file that holds them, separated by commas or line ends. Throws a SealingKeyError for
 * what is no key, and where both variables are set and differ.
 */
export function sealingKeys(environment: Readonly<Record<string, string | undefined>>): SealingKeys | null {
  const [own, model] = KEY_VARIABLES.map((name) => environment[name]).map((value) =>
    value === '' ? undefined : value,
  );
  if (own !== undefined && model !== undefined && own !== model)
    throw new SealingKeyError(`${KEY_VARIABLES.join(' and ')} are both set, and differ; keep one`);
  const written = own ?? model;
  if (written === undefined) return null;
  const name = own === undefined ? KEY_VARIABLES[1] : KEY_VARIABLES[0];
  return keyRing(
    itemsOf(written).flatMap((item) => readItem(item, name)),
    name,
  );
}

/** Gives the keys of a file, the first of which seals. Throws a SealingKeyError for what is no key. */
export function keysInFile(path: string): SealingKeys {
  return keyRing(readFile(path, ''), path);
}

/** Gives the ring of these keys, the first of which seals. */
export function keyRing(keys: readonly Buffer[], where: string): SealingKeys {
  const ring = keys.map((bytes): SealingKey => ({ id: keyId(bytes), bytes: new Hidden(bytes) }));
  const [first] = ring;
  if (first === undefined) throw new SealingKeyError(`${where} holds no key; \`gw secret keygen\` makes one`);
  return { first, byId: new Map(ring.map((key) => [key.id, key])) };
}

function keyId(bytes: Buffer): string {
  return createHash('sha256').update('gw sealing key\0').update(bytes).digest('hex').slice(0, 8);
}

function itemsOf(written: string): string[] {
  return written
    .split(/[,\r\n]/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function readItem(item: string, name: string): Buffer[] {
  return item.startsWith('file:') ? readFile(item.slice('file:'.length), `${name}: `) : [readKey(item, name)];
}

/** Gives the keys of a file; `whose` stands before it in what is said of it. */
function readFile(path: string, whose: string): Buffer[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    // What stands there may be a key in place of a path.
    const file = KEY_LIKE.test(path) ? 'the file that is named' : `the file ${path}`;
    throw new SealingKeyError(`${whose}${file} cannot be read (${code})`);
  }
  const keys = itemsOf(text).map((one) => readKey(one, `${whose}the file ${path}`));
  if (keys.length === 0) throw new SealingKeyError(`${whose}the file ${path} holds no key`);
  return keys;
}

function readKey(item: string, where: string): Buffer {
  const isHex = /^[0-9A-Fa-f]{64}$/.test(item);
  const bytes = isHex ? Buffer.from(item, 'hex') : Buffer.from(item, 'base64');
  // Buffer.from leaves out what is no base64: only what comes back the same was.
  const isKey = isHex || bytes.toString('base64').replace(/=+$/, '') === item.replace(/=+$/, '');
  if (isKey && bytes.length === KEY_BYTES) return bytes;
  throw new SealingKeyError(
    `${where} holds what is no key: 32 bytes as 64 hex digits or as base64; \`gw secret keygen\` makes one`,
  );
}
