/**
 * Gives the canonical JSON text of a value (RFC 8785): members sorted by UTF-16 code unit, no white space,
 * numbers and strings as ECMAScript writes them. The same value gives the same text on any machine.
 * Throws a TypeError for what JSON has no word for (undefined, NaN, functions): that is a fault of ours.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value !== 'object') throw new TypeError(`no canonical JSON for ${typeof value}`);
  if (isCanonical(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

/** Tells whether JSON.stringify, which is several times as fast, gives the canonical text: all members are in order. */
function isCanonical(value: unknown): boolean {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isCanonical);
  if (typeof value !== 'object' || 'toJSON' in value) return false;
  let before: string | null = null;
  for (const key of Object.keys(value)) {
    if (before !== null && before >= key) return false;
    if (!isCanonical((value as Record<string, unknown>)[key])) return false;
    before = key;
  }
  return true;
}
