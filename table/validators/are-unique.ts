/** Tells whether no two elements are the same JSON value, in one look at each. */
export function areUnique(elements: readonly unknown[]): boolean {
  const scalars = new Set<unknown>();
  const texts = new Set<string>();
  for (const element of elements) {
    if (typeof element === 'object' && element !== null) texts.add(textOf(element));
    else scalars.add(element);
  }
  return scalars.size + texts.size === elements.length;
}

/** Gives one text for each JSON value. Numbers may be infinite: JSON can be read to that, and not be written so. */
function textOf(value: unknown): string {
  // 0 and -0 are one number.
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  const members = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(members).toSorted();
  return `{${names.map((name) => `${JSON.stringify(name)}:${textOf(members[name])}`).join(',')}}`;
}
