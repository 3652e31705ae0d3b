/**
 * Gives the canonical JSON text of a value (RFC 8785): members sorted by UTF-16 code unit, no white space,
 * numbers and strings as ECMAScript writes them. The same value gives the same text on any machine.
 * Throws a TypeError for what JSON has no word for (undefined, NaN, functions): that is a fault of ours.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`no canonical JSON for ${typeof value}`);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}
