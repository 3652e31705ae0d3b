import { isMapping } from '../../../table/rules/is-mapping.ts';
import { follow } from './resolve-reference.ts';
import type { Reader } from './reader.ts';
import { memberOf, own } from './trail.ts';
import type { Placed } from './trail.ts';

const DEPTH_MAX = 8;

/** Gives the read-only properties of a schema, those of its `allOf` too: `required` names them for responses alone (3.0.4 4.7.24). */
export function readOnlyNames(reader: Pick<Reader, 'set'>, placed: Placed): string[] {
  const names: string[] = [];
  collect(reader, placed, { names, depth: 0 });
  return names;
}

function collect(
  reader: Pick<Reader, 'set'>,
  written: Placed,
  found: { readonly names: string[]; readonly depth: number },
): void {
  const placed = follow(reader.set, written);
  if ('fault' in placed || found.depth > DEPTH_MAX) return;
  const properties = memberOf(placed, 'properties');
  for (const name of isMapping(properties.value) ? Object.keys(properties.value) : []) {
    const property = memberOf(properties, name);
    if (isReadOnly(reader, property, 0)) found.names.push(name);
  }
  const parts = memberOf(placed, 'allOf');
  for (const index of Array.isArray(parts.value) ? parts.value.keys() : []) {
    collect(reader, memberOf(parts, String(index)), { names: found.names, depth: found.depth + 1 });
  }
}

/** `readOnly` is an annotation: it counts behind `$ref` and in each part of `allOf` too. */
function isReadOnly(reader: Pick<Reader, 'set'>, property: Placed, depth: number): boolean {
  if (own(property.value, 'readOnly') === true) return true;
  const target = follow(reader.set, property);
  if ('fault' in target || depth > DEPTH_MAX) return false;
  if (own(target.value, 'readOnly') === true) return true;
  const parts = memberOf(target, 'allOf');
  const indexes = Array.isArray(parts.value) ? [...parts.value.keys()] : [];
  return indexes.some((index) => isReadOnly(reader, memberOf(parts, String(index)), depth + 1));
}
