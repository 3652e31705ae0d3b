import type { Redact } from './redact.ts';

/** Gives parsed JSON with every secret in its texts, names and numbers replaced. The value itself is changed. */
export function redactJson(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number')
    return redact(String(value)) === String(value) ? value : redact(String(value));
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list: unknown[] = value;
    for (const [at, element] of list.entries()) list[at] = redactJson(element, redact);
    return list;
  }
  // Defined, not assigned: a name may be `__proto__`.
  const members = Object.entries(value).map(([name, member]) => [redact(name), redactJson(member, redact)]);
  return Object.fromEntries(members) as unknown;
}
