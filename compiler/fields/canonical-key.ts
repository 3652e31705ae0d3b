import type { FieldSpec } from './shape.ts';

/** Gives the name of a key that may be written by another name; null where it is none of the fields. */
export function canonicalKey(
  key: string,
  fields: Readonly<Record<string, FieldSpec<unknown>>>,
): string | null {
  if (Object.hasOwn(fields, key)) return key;
  for (const [canonical, { aliases }] of Object.entries(fields)) {
    if (aliases?.includes(key) === true) return canonical;
  }
  return null;
}
