import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A key and a certificate of it, which nothing trusts but who is told to; PEM. */
export interface Certified {
  readonly key: string;
  readonly cert: string;
}

/** Gives a certificate, signed by its own key, for these host names; good for a day. */
export function certificateFor(names: readonly string[]): Certified {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Date.now();
  const named = sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from('tests only')))));
  const alternative = sequence(...names.map((name) => der(0x82, Buffer.from(name))));
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    sequence(ECDSA_SHA256),
    named,
    sequence(time(now - HALF_DAY_MS), time(now + HALF_DAY_MS)),
    named,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(oid('551d11'), der(0x04, alternative)))),
  );
  const signature = sign('sha256', body, privateKey);
  const whole = sequence(
    body,
    sequence(ECDSA_SHA256),
    der(0x03, Buffer.concat([Buffer.from([0]), signature])),
  );
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

const HALF_DAY_MS = 12 * 60 * 60 * 1000;
/** ecdsa-with-SHA256 (RFC 5758 3.2). */
const ECDSA_SHA256 = oid('2a8648ce3d040302');

/** One value of DER (X.690): its tag, its length, its content. */
function der(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const bytes =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}

function sequence(...members: readonly Uint8Array[]): Buffer {
  return der(0x30, Buffer.concat(members));
}

function set(member: Uint8Array): Buffer {
  return der(0x31, member);
}

function integer(bytes: Uint8Array): Buffer {
  return der(0x02, bytes);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function time(at_ms: number): Buffer {
  const digits = new Date(at_ms).toISOString().slice(2, 19).replace(/[-:T]/g, '');
  return der(0x17, Buffer.from(`${digits}Z`));
}
