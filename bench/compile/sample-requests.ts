import type { DescriptionEntry, NormalSchema, OperationRecord } from '../../table/operations.ts';
import type { RecordsReader } from '../../table/records/open-records.ts';

/** One request as the load sends it. */
export interface SampleRequest {
  readonly method: string;
  /** Behind the connection's name. */
  readonly path: string;
  readonly type: string | null;
  readonly body: string | null;
}

/** Values are made this deep: required members below, all of them at the top. */
const DEPTH_MAX = 6;

/** Gives requests of as many operations as are asked for, from all over a description: every parameter and a body. */
export function sampleRequests(
  records: RecordsReader,
  entry: DescriptionEntry,
  amount: number,
): SampleRequest[] {
  const step = Math.max(1, entry.operations / amount);
  const count = Math.min(amount, entry.operations);
  return Array.from({ length: count }, (_, at) =>
    sampleRequest(records.operation(entry, Math.floor(at * step)), (number) => records.schema(entry, number)),
  );
}

type SchemaOf = (number: number) => NormalSchema;

function sampleRequest(
  { method, path, parameters, request_body: body }: OperationRecord,
  of: SchemaOf,
): SampleRequest {
  const textOf = (schema: number | null): string => {
    const value = schema === null ? 'a' : sample(of(schema), of, 1);
    return encodeURIComponent(plainText(value));
  };
  const filled = path.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
    return textOf(parameter?.schema ?? null) || 'a';
  });
  const query = parameters
    .filter((one) => one.in === 'query')
    .map(({ name, schema }) => `${encodeURIComponent(name)}=${textOf(schema)}`);
  const content = body?.content.find(({ media_type: type }) => /json|form-urlencoded/.test(type));
  const onward = { method, path: query.length === 0 ? filled : `${filled}?${query.join('&')}` };
  if (content === undefined || content.schema === null) return { ...onward, type: null, body: null };
  const type = content.media_type.includes('*') ? 'application/json' : content.media_type;
  const value = sample(of(content.schema), of, 0);
  return { ...onward, type, body: type.includes('json') ? JSON.stringify(value) : formOf(value) };
}

/** Gives a value as one text: lists and objects are not taken apart here. */
function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? '1' : JSON.stringify(value);
}

function formOf(value: unknown): string {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return new URLSearchParams(
    members.map(([name, one]): [string, string] => [name, plainText(one)]),
  ).toString();
}

const BY_FORMAT: Readonly<Record<string, string>> = {
  date: '2026-11-21',
  'date-time': '2026-11-21T20:00:00Z',
  uuid: '3f0d1c52-6f0e-4f2c-9a53-0c1de2f5a001',
  email: 'a@example.com',
  uri: 'https://example.com/a',
};

/** Gives a value that a schema describes, near enough: what makes its validator look everywhere. */
function sample(schema: NormalSchema, of: SchemaOf, depth: number): unknown {
  if (typeof schema === 'boolean' || depth > DEPTH_MAX) return 'a';
  const { $ref: reference, enum: values, const: only, default: usual } = schema;
  if (typeof reference === 'string') return sample(of(Number(reference.slice(1))), of, depth);
  if (only !== undefined) return only;
  if (Array.isArray(values)) return values[0] as unknown;
  if (usual !== undefined && usual !== null) return usual;
  for (const keyword of ['oneOf', 'anyOf'] as const) {
    const [first] = (schema[keyword] ?? []) as NormalSchema[];
    if (first !== undefined) return sample(first, of, depth + 1);
  }
  if (Array.isArray(schema['allOf'])) {
    const parts = (schema['allOf'] as NormalSchema[]).map((one) => sample(one, of, depth + 1));
    return parts.every((one) => typeof one === 'object') ? Object.assign({}, ...parts) : parts[0];
  }
  return sampleOfType(schema, of, depth);
}

function sampleOfType(schema: Exclude<NormalSchema, boolean>, of: SchemaOf, depth: number): unknown {
  const [type] = [schema['type']].flat();
  const properties = (schema['properties'] ?? {}) as Record<string, NormalSchema>;
  if (type === 'object' || (type === undefined && schema['properties'] !== undefined)) {
    const required = (schema['required'] ?? []) as string[];
    const names = depth <= 1 ? Object.keys(properties) : required;
    return Object.fromEntries(names.map((name) => [name, sample(properties[name] ?? true, of, depth + 1)]));
  }
  if (type === 'array') return [sample((schema['items'] ?? true) as NormalSchema, of, depth + 1)];
  if (type === 'integer' || type === 'number') return schema['minimum'] ?? 1;
  if (type === 'boolean') return true;
  return BY_FORMAT[String(schema['format'])] ?? 'a'.repeat(Math.max(1, Number(schema['minLength'] ?? 1)));
}
