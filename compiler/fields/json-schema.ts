import { DURATION_PATTERN, SIZE_PATTERN } from './quantity.ts';
import type { AnyShape, FieldSpec, RecordShape } from './shape.ts';
import { ENV_REFERENCE, FILE_REFERENCE, SEALED_TEXT } from './written.ts';

/** A JSON Schema as plain JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const REFERENCE = `${ENV_REFERENCE.source}|${FILE_REFERENCE.source}|${SEALED_TEXT.source}`;

/** Gives the JSON Schema (2020-12) of a kind of file, for editors. It accepts whatever the compiler reads. */
export function jsonSchema(shape: AnyShape, id: string, title: string): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: id,
    title,
    ...schemaOf(shape),
  };
}

function schemaOf(shape: AnyShape): JsonSchema {
  switch (shape.kind) {
    case 'text':
      return shape.empty ? { type: 'string' } : { type: 'string', minLength: 1 };
    case 'integer':
      return { type: 'integer', minimum: shape.min };
    case 'positive':
      return { type: 'number', exclusiveMinimum: 0 };
    case 'flag':
      return { type: 'boolean' };
    case 'word':
      return { enum: shape.words };
    case 'duration':
      return orNumber({ type: 'string', pattern: DURATION_PATTERN }, shape.seconds);
    case 'size':
      return orNumber({ type: 'string', pattern: SIZE_PATTERN }, shape.bytes);
    case 'secret':
      return { type: 'string', pattern: REFERENCE };
    case 'value':
      return { type: 'string' };
    case 'secret_url':
      return { type: 'string', minLength: 1 };
    case 'words':
      return { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string', minLength: 1 } }] };
    case 'list':
      return { type: 'array', items: schemaOf(shape.of) };
    case 'map':
      return { type: ['object', 'null'], additionalProperties: schemaOf(shape.of) };
    case 'record':
      return recordSchema(shape);
  }
}

function orNumber(schema: JsonSchema, number: boolean): JsonSchema {
  return number ? { anyOf: [schema, { type: 'integer', minimum: 1 }] } : schema;
}

function recordSchema(shape: RecordShape): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const [key, spec] of Object.entries(shape.fields)) {
    const schema = { ...schemaOf(spec.shape), description: documentation(spec) };
    properties[key] = schema;
    for (const alias of spec.aliases ?? []) {
      properties[alias] = { ...schema, description: `Another spelling of ${key}.`, deprecated: true };
    }
    if (spec.required === true) required.push(key);
  }
  // A mapping without required keys may be left empty, which YAML reads as null.
  return {
    type: required.length === 0 ? ['object', 'null'] : 'object',
    properties,
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
  };
}

function documentation(spec: FieldSpec<unknown>): string {
  const doc = meaningOf(spec);
  return spec.default === undefined ? doc : `${doc} Default: ${spec.default}.`;
}

/** Gives what a key means, and whether this version acts on it. */
export function meaningOf({ doc, unused }: FieldSpec<unknown>): string {
  return unused === true ? `${doc} Checked, but not used by this version.` : doc;
}
