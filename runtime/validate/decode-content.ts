import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

/** Decoded content may be this many times what was sent, and no more than the bytes below. */
const TIMES_MAX = 10;
const BYTES_MAX = 10 * 1024 * 1024;

/** What became of encoded content: its bytes, or why there are none. */
export type Decoded =
  | { readonly bytes: Buffer }
  | { readonly fault: 'unsupported' | 'malformed' | 'too_large' };

const DECODERS: Readonly<
  Record<string, (bytes: Buffer, limit: { maxOutputLength: number }) => Promise<Buffer>>
> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  // Many mean a bare deflate stream by this name (RFC 9110 8.4.1.2): the first byte tells.
  deflate: (bytes, limit) =>
    ((bytes[0] ?? 0) & 0x0f) === 8 ? promisify(inflate)(bytes, limit) : promisify(inflateRaw)(bytes, limit),
};

/** Tells whether a Content-Encoding can be decoded for checking; null is none. */
export function isKnownCoding(coding: string | null): boolean {
  return codingOf(coding) === null || Object.hasOwn(DECODERS, codingOf(coding) ?? '');
}

/** Gives content as it is behind its Content-Encoding (RFC 9110 8.4): one coding, within the limits above. */
export async function decodeContent(bytes: Buffer, coding: string | null): Promise<Decoded> {
  const name = codingOf(coding);
  if (name === null) return { bytes };
  const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
  if (decode === undefined) return { fault: 'unsupported' };
  try {
    const maxOutputLength = Math.max(1, Math.min(TIMES_MAX * bytes.length, BYTES_MAX));
    return { bytes: await decode(bytes, { maxOutputLength }) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    return { fault: code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'malformed' };
  }
}

function codingOf(coding: string | null): string | null {
  const name = coding?.trim().toLowerCase() ?? '';
  return name === '' || name === 'identity' ? null : name;
}
