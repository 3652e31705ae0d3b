import type { NormalizedNodeType } from '@redocly/openapi-core';

/** Gives what the tables of OpenAPI say of a field: an object type, a scalar, null for anything, undefined for unknown. */
export function typeOfField(type: NormalizedNodeType, key: string, value: unknown): unknown {
  const declared = Object.hasOwn(type.properties, key) ? type.properties[key] : type.additionalProperties;
  return typeof declared === 'function' ? declared(value, key) : declared;
}
