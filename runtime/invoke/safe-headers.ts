import type { Redact } from '../7-relay/redact.ts';
import { headerValues } from './answer-headers.ts';
import { essence, headerParameter, isMediaType } from '../../table/rules/media-type.ts';

/** Headers of an upstream's answer that go on as they are. */
const PASSED = [
  'Content-Length',
  'Content-Encoding',
  'Content-Range',
  'ETag',
  'Last-Modified',
  'Cache-Control',
] as const;

/** Types that a browser shows and never runs: all others it is told to save. */
const SHOWN =
  /^(?:text\/(?:plain|csv)|application\/(?:json|x-ndjson|octet-stream)|image\/(?:png|jpeg|gif|webp|avif)|audio\/[a-z0-9.+-]+|video\/[a-z0-9.+-]+)$/;

/**
 * Gives the headers of an answer that is streamed from the gateway's own origin, flat and without framing: what an
 * upstream says must not run there, set a cookie or name a file that is none.
 */
export function safeHeaders(raw: readonly Buffer[], redact: Redact): string[] {
  const headers: string[] = [];
  for (const name of PASSED) {
    const [value] = headerValues(raw, name.toLowerCase());
    // Only the first: two of any of these contradict each other.
    if (value !== undefined && isPlain(value)) headers.push(name, redact(value));
  }
  if (!headers.includes('Cache-Control')) headers.push('Cache-Control', 'private');
  const [written = ''] = headerValues(raw, 'content-type');
  const type = isMediaType(written.trim()) ? written.trim() : 'application/octet-stream';
  headers.push('Content-Type', redact(type));
  const [disposition = ''] = headerValues(raw, 'content-disposition');
  const filename = safeFilename(redact(disposition));
  const kept = !SHOWN.test(essence(type)) || /^\s*attachment/i.test(disposition);
  if (kept || filename !== null) {
    const named = filename === null ? '' : `; filename="${filename}"`;
    headers.push('Content-Disposition', `${kept ? 'attachment' : 'inline'}${named}`);
  }
  headers.push('X-Content-Type-Options', 'nosniff');
  headers.push('Content-Security-Policy', "sandbox; default-src 'none'");
  return headers;
}

function isPlain(value: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(value);
}

const FILENAME_CHARACTERS = 100;

/** Gives a file's name in letters, digits, dots, hyphens and underscores, without a path and no dot in front; null without one. */
function safeFilename(disposition: string): string | null {
  const written = headerParameter(disposition, 'filename');
  const name = (written ?? '').split(/[/\\]/).at(-1) ?? '';
  const safe = name
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[._]+/, '')
    .slice(-FILENAME_CHARACTERS);
  return safe === '' ? null : safe;
}
