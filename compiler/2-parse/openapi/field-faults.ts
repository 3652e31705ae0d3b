import type { NormalizedNodeType } from '@redocly/openapi-core';
import { isMapping } from '../../../table/rules/is-mapping.ts';
import { isNode } from './field-type.ts';
import type { FieldType, ScalarType } from './field-type.ts';
import { own } from './trail.ts';

const SHOWN_MAX = 8;

const NONE: readonly string[] = [];

/** Gives why a value is not what its type is at all, a mapping or a list, or null. */
export function kindFault(node: unknown, { name, items }: NormalizedNodeType): string | null {
  if (items !== undefined) return Array.isArray(node) ? null : `this is to be a list (${name})`;
  return isMapping(node) || name === 'SpecExtension' ? null : `this is to be a mapping (${name})`;
}

/** Gives what a mapping lacks by the tables of its version. */
export function missingFields(
  node: Readonly<Record<string, unknown>>,
  type: NormalizedNodeType,
  key: string,
): readonly string[] {
  const required = typeof type.required === 'function' ? type.required(node, key) : type.required;
  const { requiredOneOf } = type;
  if (required === undefined && requiredOneOf === undefined) return NONE;
  const faults: string[] = [];
  for (const name of required ?? NONE) {
    if (!Object.hasOwn(node, name)) faults.push(`\`${name}\` is missing`);
  }
  if (requiredOneOf !== undefined && !requiredOneOf.some((name) => Object.hasOwn(node, name))) {
    faults.push(`one of ${requiredOneOf.join(', ')} is missing`);
  }
  return faults;
}

/** Gives why a field has no place in a mapping that allows but a few of those that its type has, or null. */
export function placeFault(
  name: string,
  allowed: readonly string[] | undefined,
  type: NormalizedNodeType,
): string | null {
  if (allowed === undefined || allowed.includes(name) || !Object.hasOwn(type.properties, name)) return null;
  return `\`${name}\` has no place in this ${type.name}`;
}

/** Gives what is wrong with a field that is no object of its own, or null; those are looked at by themselves. */
export function fieldFault(name: string, value: unknown, type: FieldType): string | null {
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
