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

type Declared = NormalizedNodeType['additionalProperties'];

/** An object type as a walk looks at it again and again. */
export interface TypeTable {
  readonly type: NormalizedNodeType;
  /** Gives what the tables of OpenAPI say of a field. */
  readonly typeOf: (key: string, value: unknown) => FieldType;
  /** What was looked at as being of this type. */
  readonly seen: Set<unknown>;
}

/** The object types that a walk has met. */
export class TypeTables {
  readonly #tables = new Map<FieldType, TypeTable | null>();

  /** Gives the table of a type, or null where it is not that of an object or list. */
  of(type: FieldType): TypeTable | null {
    const known = this.#tables.get(type);
    if (known !== undefined) return known;
    const table = isNode(type) ? { type, typeOf: typesOf(type), seen: new Set() } : null;
    this.#tables.set(type, table);
    return table;
  }
}

function typesOf({ properties, additionalProperties }: NormalizedNodeType): TypeTable['typeOf'] {
  const fields = new Map<string, Declared>(Object.entries(properties));
  return (key, value) => {
    const found = fields.get(key);
    // A field may be known and have no type.
    const declared = found !== undefined || fields.has(key) ? found : additionalProperties;
    return typeof declared === 'function' ? declared(value, key) : declared;
  };
}

/** Tells whether a type is that of an object or list. */
export function isNode(type: unknown): type is NormalizedNodeType {
  return typeof type === 'object' && type !== null && 'name' in type && typeof type.name === 'string';
}
