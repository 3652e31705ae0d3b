import type { NormalizedNodeType } from '@redocly/openapi-core';

/** What the tables say of a field that is no object of its own. */
export interface ScalarType {
  readonly name?: never;
  readonly type?: string;
  readonly items?: ScalarType;
  readonly enum?: readonly unknown[];
  readonly resolvable?: boolean;
  readonly minimum?: number;
}

/** An object type, a scalar, null for anything, undefined for a field that is not known. */
export type FieldType = NormalizedNodeType | ScalarType | null | undefined;

/** Gives what the tables of OpenAPI say of a field. */
export function typeOfField(type: NormalizedNodeType, key: string, value: unknown): FieldType {
  const declared = Object.hasOwn(type.properties, key) ? type.properties[key] : type.additionalProperties;
  return typeof declared === 'function' ? declared(value, key) : declared;
}

/** Tells whether a type is that of an object or list. */
export function isNode(type: unknown): type is NormalizedNodeType {
  return typeof type === 'object' && type !== null && 'name' in type && typeof type.name === 'string';
}
