import { essence } from '../../table/rules/media-type.ts';

/** One part of multipart content. */
export interface Part {
  readonly name: string;
  readonly isFile: boolean;
  readonly mediaType: string | null;
  readonly bytes: Buffer;
}

const PARTS_MAX = 1_000;
const HEAD_BYTES_MAX = 16 * 1024;

/** Gives the boundary of a Content-Type (RFC 2046 5.1.1), or null. */
export function boundaryOf(contentType: string): string | null {
  const found = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  return found?.[1] ?? found?.[2] ?? null;
}

/**
 * Gives the parts of multipart/form-data (RFC 7578), or null where the content is malformed or has more than
 * PARTS_MAX parts. The content is whole in memory by then and stays under `validate_body_max`, so this looks
 * for boundaries and copies nothing.
 */
export function readMultipart(content: Buffer, boundary: string): Part[] | null {
  const dashed = Buffer.from(`--${boundary}`, 'latin1');
  let at = content.indexOf(dashed);
  const parts: Part[] = [];
  while (at >= 0) {
    const after = at + dashed.length;
    if (content.toString('latin1', after, after + 2) === '--') return parts;
    const line = content.indexOf('\r\n', after);
    // White space may stand behind a boundary and nothing else.
    if (line < 0 || content.toString('latin1', after, line).trim() !== '') return null;
    const next = content.indexOf(Buffer.concat([Buffer.from('\r\n'), dashed]), line);
    const part = next < 0 ? null : readPart(content.subarray(line + 2, next), content.subarray(line, next));
    if (part === null || parts.length >= PARTS_MAX) return null;
    parts.push(part);
    at = next + 2;
  }
  return null;
}

/** `whole` begins with the line end of the boundary, so that a part without headers is found too. */
function readPart(part: Buffer, whole: Buffer): Part | null {
  const end = whole.indexOf('\r\n\r\n');
  if (end < 0 || end > HEAD_BYTES_MAX) return null;
  const head = whole.toString('utf8', 2, Math.max(end, 2));
  const disposition = headerOf(head, 'content-disposition');
  const name = disposition === null ? null : parameterOf(disposition, 'name');
  const type = headerOf(head, 'content-type');
  if (disposition === null || name === null) return null;
  return {
    name,
    isFile: /;\s*filename\*?=/i.test(disposition),
    mediaType: type === null ? null : essence(type),
    bytes: part.subarray(end + 2),
  };
}

function headerOf(head: string, name: string): string | null {
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && line.slice(0, colon).trim().toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return null;
}

function parameterOf(disposition: string, name: string): string | null {
  for (const match of disposition.matchAll(/;\s*([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g)) {
    if (match[1]?.toLowerCase() !== name) continue;
    return (match[2] ?? match[3] ?? '').replace(/\\(.)/g, '$1').replace(/%22/g, '"');
  }
  return null;
}
