import { randomBytes } from 'node:crypto';
import type { MediaTypeRecord } from '../../table/operations.ts';
import { addFault } from './faults.ts';
import type { FaultList } from './faults.ts';
import { isMediaType } from '../../table/rules/media-type.ts';
import { isScalar, plainText } from './plain-text.ts';
import { readBase64 } from './read-base64.ts';
import type { JsonObject } from './types.ts';

interface Part {
  readonly name: string;
  readonly filename: string | null;
  readonly contentType: string | null;
  readonly bytes: Buffer;
}

/** multipart/form-data as it goes out. */
export interface WrittenMultipart {
  readonly bytes: Buffer;
  /** With its boundary. */
  readonly contentType: string;
}

/**
 * Gives an object as multipart/form-data (RFC 7578), its members in their order: text as it is, lists as repeated
 * parts, `{filename, content | content_base64, content_type}` as a file, any other object as JSON. The boundary is
 * random and in none of them.
 */
export function writeMultipart(
  body: JsonObject,
  encoding: MediaTypeRecord['encoding'],
  faults: FaultList,
): WrittenMultipart {
  const parts: Part[] = [];
  for (const [name, value] of Object.entries(body)) {
    const described = Object.hasOwn(encoding, name) ? (encoding[name]?.content_type ?? null) : null;
    const contentType = described !== null && isMediaType(described) ? described : null;
    if (!isPlain(name)) addFault(faults, 'body', null, `names of parts without CR, LF and NUL`);
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (one === null) continue;
      const part = partOf(name, one, contentType);
      if ('expected' in part)
        faults.push({ in: 'body', name: null, pointer: pointerTo(name), expected: part.expected });
      else parts.push(part);
    }
  }
  const boundary = boundaryFor(parts);
  const chunks = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${headOf(part)}\r\n`, 'utf8'),
    part.bytes,
    Buffer.from('\r\n', 'utf8'),
  ]);
  return {
    bytes: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`, 'utf8')]),
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

function pointerTo(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isPlain(text: string): boolean {
  return !/[\r\n\0]/.test(text);
}

function partOf(
  name: string,
  value: unknown,
  contentType: string | null,
): Part | { readonly expected: string } {
  const plain = { name, filename: null, contentType };
  if (isScalar(value)) return { ...plain, bytes: Buffer.from(plainText(value), 'utf8') };
  if (typeof value !== 'object' || value === null) return { expected: 'text, a file, or an object' };
  if (isFile(value)) return filePart(name, value as JsonObject, contentType);
  return {
    ...plain,
    contentType: contentType ?? 'application/json',
    bytes: Buffer.from(JSON.stringify(value), 'utf8'),
  };
}

/** A file has its content by one of two names; an object without either is JSON. */
export function isFile(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.hasOwn(value, 'filename') &&
    (Object.hasOwn(value, 'content') || Object.hasOwn(value, 'content_base64'))
  );
}

const FILE_MEMBERS: ReadonlySet<string> = new Set(['filename', 'content', 'content_base64', 'content_type']);

function filePart(
  name: string,
  file: JsonObject,
  described: string | null,
): Part | { readonly expected: string } {
  const other = Object.keys(file).find((key) => !FILE_MEMBERS.has(key));
  if (other !== undefined)
    return {
      expected: `a file: filename, content or content_base64, content_type, and not ${JSON.stringify(other)}`,
    };
  const { filename, content, content_base64: encoded, content_type: type } = file;
  if (typeof filename !== 'string' || filename === '' || !isPlain(filename))
    return { expected: 'a filename without CR, LF and NUL' };
  if (type !== undefined && type !== null && (typeof type !== 'string' || !isMediaType(type)))
    return { expected: 'a content_type that is a media type' };
  const bytes = fileBytes(content, encoded);
  if (bytes === null) return { expected: 'one of content (text) and content_base64 (base64)' };
  return {
    name,
    filename,
    contentType: typeof type === 'string' ? type : (described ?? 'application/octet-stream'),
    bytes,
  };
}

function fileBytes(content: unknown, encoded: unknown): Buffer | null {
  const hasContent = content !== undefined && content !== null;
  if (hasContent === (encoded !== undefined && encoded !== null)) return null;
  if (hasContent) return typeof content === 'string' ? Buffer.from(content, 'utf8') : null;
  return typeof encoded === 'string' ? readBase64(encoded) : null;
}

function headOf({ name, filename, contentType }: Part): string {
  const file = filename === null ? '' : `; filename="${quoted(filename)}"`;
  const type = contentType === null ? '' : `Content-Type: ${contentType}\r\n`;
  return `Content-Disposition: form-data; name="${quoted(name)}"${file}\r\n${type}`;
}

/** A quoted-string of RFC 9110 5.6.4; beyond ASCII as UTF-8 (RFC 7578 5.1). */
function quoted(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}

function boundaryFor(parts: readonly Part[]): string {
  for (;;) {
    const boundary = `gw${randomBytes(16).toString('hex')}`;
    if (!parts.some(({ bytes }) => bytes.includes(boundary))) return boundary;
  }
}
