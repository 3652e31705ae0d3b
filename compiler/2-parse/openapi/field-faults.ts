import type { NormalizedNodeType } from '@redocly/openapi-core';
import { typeOfField } from './field-type.ts';
import { isMapping, own } from './trail.ts';

/** What breaks a rule in one object or array, with the keys that lead from it to the place. */
export interface FieldFault {
  readonly message: string;
  readonly path: readonly string[];
}

const SHOWN_MAX = 8;

/** Gives what is wrong with an object or array by the tables of its version: fields that are missing, unknown, or of another type. */
export function fieldFaults(node: unknown, type: NormalizedNodeType, key: string): FieldFault[] {
  if (type.items !== undefined) {
    return Array.isArray(node) ? [] : [{ message: `this is to be a list (${type.name})`, path: [] }];
  }
  if (!isMapping(node)) {
    return type.name === 'SpecExtension'
      ? []
      : [{ message: `this is to be a mapping (${type.name})`, path: [] }];
  }
  const faults = missingFields(node, type, key);
  const allowed = type.allowed?.(node);
  for (const name of Object.keys(node)) {
    if (name.startsWith('x-')) continue;
    if (allowed !== undefined && !allowed.includes(name) && Object.hasOwn(type.properties, name)) {
      faults.push({ message: `\`${name}\` has no place in this ${type.name}`, path: [name] });
    }
    const fault = fieldFault(name, node[name], typeOfField(type, name, node[name]));
    if (fault !== null) faults.push({ message: fault, path: [name] });
  }
  return faults;
}

function missingFields(
  node: Readonly<Record<string, unknown>>,
  type: NormalizedNodeType,
  key: string,
): FieldFault[] {
  const required = typeof type.required === 'function' ? type.required(node, key) : (type.required ?? []);
  const faults = required
    .filter((name) => !Object.hasOwn(node, name))
    .map((name): FieldFault => ({ message: `\`${name}\` is missing`, path: [] }));
  const { requiredOneOf } = type;
  if (requiredOneOf !== undefined && !requiredOneOf.some((name) => Object.hasOwn(node, name))) {
    faults.push({ message: `one of ${requiredOneOf.join(', ')} is missing`, path: [] });
  }
  return faults;
}

/** Gives what is wrong with a field that is no object of its own; those are looked at by themselves. */
function fieldFault(name: string, value: unknown, type: unknown): string | null {
  if (type === undefined) return `\`${name}\` is not known here`;
  if (type === null || typeof own(type, 'name') === 'string') return null;
  if (own(type, 'resolvable') !== false && typeof own(value, '$ref') === 'string') return null;
  const words = own(type, 'enum');
  if (Array.isArray(words)) {
    if (words.includes(value)) return null;
    const shown = words.length > SHOWN_MAX ? '' : `: it is one of ${words.join(', ')}`;
    return `the value of \`${name}\` is not known${shown}`;
  }
  const expected = own(type, 'type');
  if (typeof expected === 'string' && !isOfType(value, expected))
    return `\`${name}\` is to be of type ${expected}`;
  const minimum = own(type, 'minimum');
  if (typeof minimum === 'number' && typeof value === 'number' && value < minimum) {
    return `\`${name}\` is to be at least ${minimum}`;
  }
  return itemsFault(name, value, own(type, 'items'));
}

function itemsFault(name: string, value: unknown, items: unknown): string | null {
  if (!Array.isArray(value)) return null;
  const expected = own(items, 'type');
  const words = own(items, 'enum');
  const fits = value.every(
    (one) =>
      (typeof expected !== 'string' || isOfType(one, expected)) &&
      (!Array.isArray(words) || words.includes(one)),
  );
  return fits ? null : `an element of \`${name}\` is not of the right type`;
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isMapping(value);
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
