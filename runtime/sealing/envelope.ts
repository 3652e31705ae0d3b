import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Hidden } from '../hidden.ts';
import type { SealingKey, SealingKeys } from './sealing-keys.ts';

/** AES-256-GCM (NIST SP 800-38D): nonces of 96 random bits, tags of 128. */
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const ENVELOPE = /^sealed:v1:([A-Za-z0-9_-]{1,64}):([A-Za-z0-9+/]+={0,2})$/;

/** Why sealed text does not open. Never a key, never what was inside. */
export type OpenFault = 'malformed' | 'key_unknown' | 'not_authentic';

/**
 * Gives `sealed:v1:<key id>:<base64 of nonce, ciphertext and tag>`, sealed with the first of the keys.
 * `boundTo` says where the value belongs: it is authenticated with it, so that the text opens nowhere else.
 */
export function seal(value: string, boundTo: string, keys: SealingKeys): string {
  const nonce = randomBytes(NONCE_BYTES);
  const key = keys.first;
  const cipher = createCipheriv(ALGORITHM, key.bytes.reveal(), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(key.id, boundTo));
  const ciphertext = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  const body = Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]).toString('base64');
  return `sealed:v1:${key.id}:${body}`;
}

/** Gives what is inside sealed text, or why it does not open: another key, another place, or changed bytes. */
export function open(sealed: string, boundTo: string, keys: SealingKeys): Hidden<string> | OpenFault {
  const [, keyId, body] = ENVELOPE.exec(sealed) ?? [];
  if (keyId === undefined || body === undefined) return 'malformed';
  const key = keys.byId.get(keyId);
  if (key === undefined) return 'key_unknown';
  const bytes = Buffer.from(body, 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return 'malformed';
  return decrypt(bytes, additionalData(keyId, boundTo), key);
}

/** Gives the id of the key that sealed a text, or null for what is no sealed text. */
export function keyIdOf(sealed: string): string | null {
  return ENVELOPE.exec(sealed)?.[1] ?? null;
}

function decrypt(bytes: Buffer, additional: Buffer, key: SealingKey): Hidden<string> | OpenFault {
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key.bytes.reveal(), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(additional);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const ciphertext = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
    return new Hidden(Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8'));
  } catch {
    // The tag does not fit: node says no more, and there is no more to say.
    return 'not_authentic';
  }
}

/** The version and the key's id are authenticated too: an envelope cannot be made to look like another's. */
function additionalData(keyId: string, boundTo: string): Buffer {
  return Buffer.from(`sealed:v1:${keyId}:${boundTo}`, 'utf8');
}
