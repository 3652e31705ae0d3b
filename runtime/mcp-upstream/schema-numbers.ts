import { isMapping } from '../../table/rules/is-mapping.ts';
import type { NormalSchema, SchemaNumber } from '../../table/operations.ts';
import { mapSchema } from '../operations/map-schema.ts';

/** Keywords under which a schema keeps others by name; the second is that of drafts before 2019-09. */
const DEFINITIONS = ['$defs', 'definitions'] as const;

/** Schemas of tools under numbers, as those of a description are. */
export interface SchemaNumbers {
  readonly schemas: readonly NormalSchema[];
  /** Gives the number of a schema as a server has it. Its definitions get numbers of their own. */
  add(schema: unknown): SchemaNumber;
  /** Gives the number of a schema of the gateway's own, whose references are numbers already. */
  put(schema: NormalSchema): SchemaNumber;
}

/** Gives no schemas. What is no schema that is added is one that allows everything. */
export function schemaNumbers(): SchemaNumbers {
  const schemas: NormalSchema[] = [];
  return {
    schemas,
    put: (schema) => schemas.push(schema) - 1,
    add: (schema) => {
      const root = schemas.length;
      if (!isMapping(schema)) {
        schemas.push(schema !== false);
        return root;
      }
      const numbers = new Map([['#', root]]);
      const parts: unknown[] = [withoutDefinitions(schema)];
      for (const keyword of DEFINITIONS) {
        const named = schema[keyword];
        for (const [name, part] of isMapping(named) ? Object.entries(named) : []) {
          numbers.set(
            `#/${keyword}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
            root + parts.length,
          );
          parts.push(part);
        }
      }
      schemas.push(...parts.map((part) => numbered(part, numbers)));
      return root;
    },
  };
}

function withoutDefinitions(schema: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(schema).filter(([keyword]) => !DEFINITIONS.some((one) => one === keyword)),
  );
}

function numbered(schema: unknown, numbers: ReadonlyMap<string, SchemaNumber>): NormalSchema {
  if (!isMapping(schema)) return schema !== false;
  const mapped = mapSchema(schema, {
    // An anchor of the server's that reads like a number of ours.
    reference: (anchor) => `#anchor-${anchor}`,
    other: (reference) => {
      const number = numbers.get(decoded(reference));
      return number === undefined ? reference : `#${number}`;
    },
  });
  return mapped as NormalSchema;
}

/** A pointer in a fragment may be percent-encoded (RFC 6901 6). */
function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}
