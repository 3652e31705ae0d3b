import { hash } from 'node:crypto';
import type { RequestFields } from '../1-accept/fields.ts';
import { Problem } from '../problem.ts';

/** The least length of a gateway key: 32 characters of a random key are beyond guessing. */
export const KEY_LEAST_CHARACTERS = 32;

/** `Bearer` (RFC 6750 2.1), or `token`, the word that GitHub's clients send for the same thing. */
const SCHEME = /^(?:bearer|token) +(\S+)$/i;

/** Gives the gateway key that a request bears: X-API-Key, else Authorization; null without one. */
function callerKey(fields: RequestFields): string | null {
  if (fields.apiKey !== null) return fields.apiKey === '' ? null : fields.apiKey;
  if (fields.authorization === null) return null;
  return SCHEME.exec(fields.authorization)?.[1] ?? null;
}

/**
 * Gives the digest by which keys are compared: SHA-256 in hex. Callers are found by it in a map, so no
 * comparison's time depends on how much of a guessed key is right.
 */
export function keyDigest(key: string): string {
  return hash('sha256', key, 'hex');
}

/** Gives the caller whose key a request bears, from those by the digest of their key; the problem (401) where it is nobody's. */
export function authenticate<Caller>(
  fields: RequestFields,
  callers: ReadonlyMap<string, Caller>,
): Caller | Problem {
  const key = callerKey(fields);
  const caller = key === null ? undefined : callers.get(keyDigest(key));
  if (caller !== undefined) return caller;
  const detail =
    key === null
      ? 'send your gateway key: Authorization: Bearer <key>, or X-API-Key: <key>'
      : 'the gateway key is not one that a caller has';
  return new Problem('caller_unauthenticated', detail, { headers: ['WWW-Authenticate', 'Bearer'] });
}
