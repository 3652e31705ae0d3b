import type { Redact } from './redact.ts';

/** Gives text with every secret of the route in it replaced: as it is, percent-encoded, and as JSON escapes slashes. */
export function redactText(text: string, redact: Redact): string {
  const plain = text.includes('\\/') ? text.replaceAll('\\/', '/') : text;
  if (plain === text) return redact(text);
  const redacted = redact(plain);
  return redacted === plain ? redact(text) : redacted;
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
