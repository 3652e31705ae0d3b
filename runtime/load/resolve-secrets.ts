import { readFile } from 'node:fs/promises';
import type { Place, Secret, Table } from '../../table/types.ts';
import { Hidden } from '../hidden.ts';

/** A secret that could not be resolved: which one, where it was written, and why. Never a value. */
export interface SecretFault {
  /** `connection stripe`, `caller ci-bot`, `gateway`. */
  readonly owner: string;
  readonly at: Place;
  /** `${env:NAME}` or `${file:PATH}`, as it was written. */
  readonly reference: string;
  readonly why: string;
}

/** Resolved secrets, by the identity of the reference in the table. */
export type ResolvedSecrets = ReadonlyMap<Secret, Hidden<string>>;

/** The environment that `${env:NAME}` reads. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Resolves every secret reference of a table, all faults at once. Sealed text is left out: what opens it
 * belongs to the grants' half, and whoever needs it is not available without. Secrets of the store's URL
 * are not resolved either: nothing here opens the store.
 */
export async function resolveSecrets(
  table: Table,
  environment: Environment,
): Promise<{ secrets: ResolvedSecrets; faults: readonly SecretFault[] }> {
  const owners: [string, unknown][] = [
    ...table.connections.map((one): [string, unknown] => [
      `connection ${one.name}`,
      { ...one, catalog: null },
    ]),
    ...table.callers.map((one): [string, unknown] => [`caller ${one.name}`, one]),
  ];
  const secrets = new Map<Secret, Hidden<string>>();
  const faults: SecretFault[] = [];
  for (const [owner, declaration] of owners) {
    for (const secret of secretsOf(declaration)) {
      if ('sealed' in secret) continue;
      const read = await readSecret(secret, environment);
      if (typeof read === 'string') secrets.set(secret, new Hidden(read));
      else faults.push({ owner, at: secret.at, reference: referenceOf(secret), why: read.why });
    }
  }
  return { secrets, faults };
}

/** Gives every secret reference of a table, in the table's order. */
function secretsOf(value: unknown): Secret[] {
  if (value === null || typeof value !== 'object') return [];
  if (isSecret(value)) return [value];
  return Object.values(value).flatMap(secretsOf);
}

/** Tells whether something of a table is a secret reference. */
export function isSecret(value: object): value is Secret {
  return 'at' in value && ('env' in value || 'file' in value || 'sealed' in value || 'literal' in value);
}

/** Gives a reference as it was written; a literal one is never shown. */
export function referenceOf(secret: Secret): string {
  if ('env' in secret) return `\${env:${secret.env}}`;
  if ('file' in secret) return `\${file:${secret.file}}`;
  return 'sealed' in secret ? 'sealed text' : 'a literal secret';
}

async function readSecret(
  secret: Exclude<Secret, { sealed: string }>,
  environment: Environment,
): Promise<string | { why: string }> {
  if ('literal' in secret) return secret.literal;
  if ('env' in secret) {
    const value = environment[secret.env];
    if (value === undefined) return { why: 'the environment variable is not set' };
    return value === '' ? { why: 'the environment variable is empty' } : value;
  }
  try {
    // One trailing newline is what editors and `echo` leave behind; more is part of the secret.
    const value = (await readFile(secret.file, 'utf8')).replace(/\r?\n$/, '');
    return value === '' ? { why: 'the file is empty' } : value;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return { why: `the file cannot be read (${code})` };
  }
}
