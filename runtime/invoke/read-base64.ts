const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Gives the bytes of base64 text (RFC 4648 4 and 5, padded or not, white space left out), or null where it is none. */
export function readBase64(text: string): Buffer | null {
  const plain = text.replace(/[ \t\r\n]/g, '');
  if (!BASE64.test(plain)) return null;
  const digits = plain.replace(/=+$/, '').length;
  // One digit more than whole bytes have is what was lost of another.
  return digits % 4 === 1 ? null : Buffer.from(plain, 'base64');
}
