import type { NormalizedNodeType } from '@redocly/openapi-core';
import { isNode, typeOfField } from './field-type.ts';
import type { FieldType, ScalarType } from './field-type.ts';
import { isMapping, own } from './trail.ts';

/** What breaks a rule in one object or array, with the keys that lead from it to the place. */
export interface FieldFault {
  readonly message: string;
  readonly path: readonly string[];
}

const SHOWN_MAX = 8;

const NONE: readonly FieldFault[] = [];

/** Gives what is wrong with an object or array by the tables of its version: fields that are missing, unknown, or of another type. */
export function fieldFaults(node: unknown, type: NormalizedNodeType, key: string): readonly FieldFault[] {
  if (type.items !== undefined) {
    return Array.isArray(node) ? NONE : [{ message: `this is to be a list (${type.name})`, path: [] }];
  }
  if (!isMapping(node)) {
    return type.name === 'SpecExtension'
      ? NONE
      : [{ message: `this is to be a mapping (${type.name})`, path: [] }];
  }
  const faults = missingFields(node, type, key);
  const allowed = type.allowed?.(node);
  for (const name of Object.keys(node)) {
    const value = node[name];
    const fault = fieldFault(name, value, typeOfField(type, name, value));
    if (fault !== null && !name.startsWith('x-')) faults.push({ message: fault, path: [name] });
    if (allowed === undefined || allowed.includes(name) || name.startsWith('x-')) continue;
    if (!Object.hasOwn(type.properties, name)) continue;
    faults.push({ message: `\`${name}\` has no place in this ${type.name}`, path: [name] });
  }
  return faults;
}

function missingFields(
  node: Readonly<Record<string, unknown>>,
  type: NormalizedNodeType,
  key: string,
): FieldFault[] {
  const faults: FieldFault[] = [];
  const required = typeof type.required === 'function' ? type.required(node, key) : type.required;
  for (const name of required ?? []) {
    if (!Object.hasOwn(node, name)) faults.push({ message: `\`${name}\` is missing`, path: [] });
  }
  const { requiredOneOf } = type;
  if (requiredOneOf !== undefined && !requiredOneOf.some((name) => Object.hasOwn(node, name))) {
    faults.push({ message: `one of ${requiredOneOf.join(', ')} is missing`, path: [] });
  }
  return faults;
}

/** Gives what is wrong with a field that is no object of its own; those are looked at by themselves. */
function fieldFault(name: string, value: unknown, type: FieldType): string | null {
  if (type === undefined) return `\`${name}\` is not known here`;
  if (type === null || isNode(type)) return null;
  if (type.enum !== undefined) return wordFault(name, value, type);
  if (type.type !== undefined && !isOfType(value, type.type)) {
    return isReference(value, type) ? null : `\`${name}\` is to be of type ${type.type}`;
  }
  if (type.minimum !== undefined && typeof value === 'number' && value < type.minimum) {
    return `\`${name}\` is to be at least ${type.minimum}`;
  }
  return type.items === undefined ? null : itemsFault(name, value, type.items);
}

function wordFault(name: string, value: unknown, type: ScalarType): string | null {
  const words = type.enum ?? [];
  if (words.includes(value) || isReference(value, type)) return null;
  const shown = words.length > SHOWN_MAX ? '' : `: it is one of ${words.join(', ')}`;
  return `the value of \`${name}\` is not known${shown}`;
}

function isReference(value: unknown, type: ScalarType): boolean {
  return type.resolvable !== false && typeof own(value, '$ref') === 'string';
}

function itemsFault(name: string, value: unknown, items: ScalarType): string | null {
  if (!Array.isArray(value)) return null;
  const fits = value.every(
    (one) =>
      (items.type === undefined || isOfType(one, items.type)) &&
      (items.enum === undefined || items.enum.includes(one)),
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
