import type { NormalSchema, SchemaNumber } from '../../table/operations.ts';
import { isSchema, referenceOf } from '../../table/validators/sub-schemas.ts';

/** What a value of a schema may be: how its text is to be taken apart. */
export interface ValueShape {
  readonly array: boolean;
  readonly object: boolean;
  readonly scalar: boolean;
  /** The names that its members may have, as far as they are said. */
  readonly members: ReadonlyMap<string, NormalSchema>;
}

/** References and alternatives are followed this deep: those of parameters are shallow. */
const DEPTH_MAX = 6;

interface Found {
  array: boolean;
  object: boolean;
  scalar: boolean;
  readonly members: Map<string, NormalSchema>;
}

/** Gives what a value of a schema may be; any text where the schema does not say. */
export function valueShape(
  schema: NormalSchema,
  schemaOf: (number: SchemaNumber) => NormalSchema,
): ValueShape {
  const found: Found = { array: false, object: false, scalar: false, members: new Map() };
  look(schema, { found, schemaOf }, 0);
  if (!found.array && !found.object) found.scalar = true;
  return found;
}

interface Looking {
  readonly found: Found;
  readonly schemaOf: (number: SchemaNumber) => NormalSchema;
}

function look(schema: NormalSchema, looking: Looking, depth: number): void {
  if (typeof schema === 'boolean' || depth > DEPTH_MAX) return;
  const { found, schemaOf } = looking;
  const reference = referenceOf(schema);
  if (reference !== null) look(schemaOf(reference), looking, depth + 1);
  const written = schema['type'];
  const types: unknown[] = Array.isArray(written) ? written : [written];
  if (types.includes('array') || schema['items'] !== undefined) found.array = true;
  if (types.includes('object') || schema['properties'] !== undefined) found.object = true;
  if (types.some((type) => ['string', 'number', 'integer', 'boolean'].includes(String(type))))
    found.scalar = true;
  const members = schema['properties'];
  if (typeof members === 'object' && members !== null) {
    for (const [name, member] of Object.entries(members))
      if (isSchema(member)) found.members.set(name, member);
  }
  for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
    const alternatives = schema[keyword];
    if (!Array.isArray(alternatives)) continue;
    for (const one of alternatives) if (isSchema(one)) look(one, looking, depth + 1);
  }
}
