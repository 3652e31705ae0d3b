import { readFile } from 'node:fs/promises';
import type { Place, Secret, Table, UrlTemplate } from '../../table/types.ts';
import { Hidden } from '../hidden.ts';
import { keyIdOf, open } from '../sealing/envelope.ts';
import type { OpenFault } from '../sealing/envelope.ts';
import { KEY_VARIABLES } from '../sealing/sealing-keys.ts';
import type { SealingKeys } from '../sealing/sealing-keys.ts';

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

/** Where the values of secrets are. */
export interface SecretSources {
  readonly environment: Environment;
  /** What opens sealed text; null where there is no key. */
  readonly keys: SealingKeys | null;
}

/** The environment that `${env:NAME}` reads. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Resolves every secret of a table, all faults at once: references are read, sealed text is opened with
 * `keys`. Those of the store's URL are resolved where it is opened (`resolveUrl`).
 */
export async function resolveSecrets(
  table: Table,
  { environment, keys }: SecretSources,
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
      // What accounts bring is known with each grant.
      if ('grant' in secret) continue;
      const read = await readOne(secret, { environment, keys });
      if (read instanceof Hidden) secrets.set(secret, read);
      else faults.push({ owner, at: secret.at, reference: referenceOf(secret), why: read.why });
    }
  }
  return { secrets, faults };
}

/**
 * Gives a URL with its secrets in place, percent-encoded where text stands beside them: a password may have any
 * character. In `sqlite:PATH` nothing is encoded, since nobody decodes a path. Or what keeps one from being known.
 */
export async function resolveUrl(
  url: UrlTemplate,
  sources: SecretSources,
): Promise<Hidden<string> | readonly SecretFault[]> {
  const faults: SecretFault[] = [];
  const parts: string[] = [];
  const isAsItIs = url.length === 1 || (typeof url[0] === 'string' && url[0].startsWith('sqlite:'));
  for (const part of url) {
    if (typeof part === 'string') {
      parts.push(part);
      continue;
    }
    const read = await readOne(part, sources);
    if (read instanceof Hidden) parts.push(isAsItIs ? read.reveal() : encodeURIComponent(read.reveal()));
    else faults.push({ owner: 'gateway', at: part.at, reference: referenceOf(part), why: read.why });
  }
  return faults.length > 0 ? faults : new Hidden(parts.join(''));
}

async function readOne(
  secret: Secret,
  { environment, keys }: SecretSources,
): Promise<Hidden<string> | { why: string }> {
  if ('grant' in secret) return { why: 'only grants have it' };
  if ('sealed' in secret) return openSealed(secret, keys);
  const read = await readSecret(secret, environment);
  return typeof read === 'string' ? new Hidden(read) : read;
}

/** Gives every secret reference of a table, in the table's order. */
function secretsOf(value: unknown): Secret[] {
  if (value === null || typeof value !== 'object') return [];
  if (isSecret(value)) return [value];
  return Object.values(value).flatMap(secretsOf);
}

/** Tells whether something of a table is a secret reference. */
export function isSecret(value: object): value is Secret {
  return 'at' in value && ['env', 'file', 'sealed', 'grant', 'literal'].some((kind) => kind in value);
}

/** Gives a reference as it was written; a literal one is never shown. */
export function referenceOf(secret: Secret): string {
  if ('env' in secret) return `\${env:${secret.env}}`;
  if ('file' in secret) return `\${file:${secret.file}}`;
  if ('grant' in secret) return `the ${secret.grant} of an account`;
  return 'sealed' in secret ? 'sealed text' : 'a literal secret';
}

const WHY_CLOSED: Readonly<Record<OpenFault, string>> = {
  malformed: 'it is malformed',
  key_unknown: 'none of the keys sealed it',
  not_authentic: 'it was sealed for another connection or field, or was changed',
};

function openSealed(
  secret: Extract<Secret, { sealed: string }>,
  keys: SealingKeys | null,
): Hidden<string> | { why: string } {
  if (keys === null) return { why: `there is no key that opens it: set ${KEY_VARIABLES[0]}` };
  const opened = open(secret.sealed, secret.bound_to, keys);
  if (opened instanceof Hidden) return opened.reveal() === '' ? { why: 'it holds nothing' } : opened;
  return {
    why: `${WHY_CLOSED[opened]} (key ${keyIdOf(secret.sealed) ?? 'unknown'}, for ${secret.bound_to})`,
  };
}

async function readSecret(
  secret: Exclude<Secret, { sealed: string } | { grant: string }>,
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
