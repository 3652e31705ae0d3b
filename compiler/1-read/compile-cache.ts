import { digestOf } from '../../table/encode.ts';

/** Where results are kept between runs, by keys that are digests of everything that they were made from. */
export interface CompileCache {
  /** The version of the program: a result of another one is not used. */
  readonly version: string;
  /** Gives what was kept, or null. What was kept may be damaged: `readSealed` checks it. */
  readonly read: (key: string) => Uint8Array | null;
  /** Keeps a result. A result that cannot be kept is no fault: it is made again. */
  readonly write: (key: string, bytes: Uint8Array) => void;
}

/** Gives the key of a result: the digest of the program's version and of everything else that it was made from. */
export function keyOf({ version }: CompileCache, madeFrom: readonly unknown[]): string {
  return digestOf(Buffer.from(JSON.stringify([version, ...madeFrom])));
}

/** Gives what was kept by `writeSealed`, or null, also where it is damaged. */
export function readSealed(cache: CompileCache, key: string): Buffer | null {
  const bytes = cache.read(key);
  if (bytes === null) return null;
  const entry = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (entry.indexOf('\n') !== DIGEST_LENGTH) return null;
  const rest = entry.subarray(DIGEST_LENGTH + 1);
  return digestOf(rest) === entry.toString('latin1', 0, DIGEST_LENGTH) ? rest : null;
}

/** Keeps a result behind its digest, so that damage is noticed. */
export function writeSealed(cache: CompileCache, key: string, bytes: Uint8Array): void {
  cache.write(key, Buffer.concat([Buffer.from(`${digestOf(bytes)}\n`), bytes]));
}

const DIGEST_LENGTH = 64;
