import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Table } from './types.ts';

/** A table as it is written: its bytes, and the SHA-256 of them in hex, which names it everywhere. */
export interface EncodedTable {
  readonly bytes: Buffer;
  readonly digest: string;
}

/**
 * Gives a table's canonical bytes and digest. Throws when the table holds a literal secret: such a
 * table (of `gw dev`) lives in memory alone.
 */
export function encodeTable(table: Table): EncodedTable {
  if (holdsLiteralSecret(table)) throw new Error('a table that holds a literal secret is never written');
  const bytes = Buffer.from(canonicalJson(table), 'utf8');
  return { bytes, digest: digestOf(bytes) };
}

/** Gives the digest of bytes, by which a table is named too: SHA-256 in lower-case hex. */
export function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes);
}

function holdsLiteralSecret(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (!Array.isArray(value) && Object.hasOwn(value, 'literal')) return true;
  return Object.values(value).some(holdsLiteralSecret);
}
