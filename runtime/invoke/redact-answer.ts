import type { Redact } from '../7-relay/redact.ts';

/** What stands between white space, quotes and angle brackets, and has an escape of a URL. */
const ENCODED = /[^\s"'<>]*[%+][^\s"'<>]*/g;

/**
 * Gives text with every secret of the route in it replaced: as it is, as JSON escapes slashes, and percent-encoded.
 * For that the text is looked at piece by piece, since decoding keeps a number for each of its characters.
 */
export function redactText(text: string, redact: Redact): string {
  const plain = text.includes('\\/') ? text.replaceAll('\\/', '/') : text;
  const sought = plain !== text && redactParts(plain, redact) !== plain ? plain : text;
  return redactParts(sought, redact);
}

function redactParts(text: string, redact: Redact): string {
  // Without these two the whole text costs one look for each secret.
  if (!/[%+]/.test(text)) return redact(text);
  let redacted = '';
  let end = 0;
  for (const match of text.matchAll(ENCODED)) {
    redacted += redact(text.slice(end, match.index)) + redact(match[0]);
    end = match.index + match[0].length;
  }
  return redacted + redact(text.slice(end));
}

/** Gives parsed JSON with every secret in its texts, names and numbers replaced. The value itself is changed. */
export function redactJson(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redactText(value, redact);
  if (typeof value === 'number')
    return redact(String(value)) === String(value) ? value : redact(String(value));
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list: unknown[] = value;
    for (const [at, element] of list.entries()) list[at] = redactJson(element, redact);
    return list;
  }
  // Defined, not assigned: a name may be `__proto__`.
  const members = Object.entries(value).map(([name, member]) => [
    redactText(name, redact),
    redactJson(member, redact),
  ]);
  return Object.fromEntries(members) as unknown;
}
