import { describe } from './described.ts';
import type { OperationSpec } from './described.ts';
import { startGateway } from './gateway.ts';
import type { TestGateway, TestGatewayOptions } from './gateway.ts';
import { rawUpstream } from './raw-upstream.ts';
import type { RawUpstream } from './raw-upstream.ts';
import { sendRaw } from './raw-caller.ts';
import { headOf } from './sides.ts';
import type { ConnectionSpec, TableSpec } from './table.ts';

const OBJECT = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 2 },
    age: { type: 'integer', minimum: 0 },
    id: { type: 'string', readOnly: true },
  },
  additionalProperties: false,
} as const;

/** Operations with a parameter of each kind. */
export const OPERATIONS: OperationSpec[] = [
  {
    id: 'GET /items/{id}',
    parameters: [
      { name: 'id', in: 'path', schema: { type: 'integer' } },
      { name: 'limit', in: 'query', required: true, schema: { type: 'integer', maximum: 100 } },
      { name: 'tags', in: 'query', schema: { type: 'array', items: { type: 'integer' }, maxItems: 2 } },
      { name: 'ids', in: 'query', explode: false, schema: { type: 'array', items: { type: 'integer' } } },
      {
        name: 'words',
        in: 'query',
        style: 'spaceDelimited',
        explode: false,
        schema: { type: 'array', items: { enum: ['a', 'b'] } },
      },
      {
        name: 'pipes',
        in: 'query',
        style: 'pipeDelimited',
        explode: false,
        schema: { type: 'array', items: { type: 'boolean' } },
      },
      {
        name: 'deep',
        in: 'query',
        style: 'deepObject',
        schema: { type: 'object', properties: { n: { type: 'integer' } } },
      },
      { name: 'level', in: 'query', schema: { enum: [1, 2] } },
      { name: 'json', in: 'query', media_type: 'application/json', schema: OBJECT },
      { name: 'X-When', in: 'header', schema: { type: 'string', format: 'date' } },
      { name: 'X-List', in: 'header', schema: { type: 'array', items: { type: 'integer' } } },
      { name: 'Accept', in: 'header', required: true, schema: { enum: ['never'] } },
      { name: 'seen', in: 'cookie', schema: { type: 'integer' } },
    ],
  },
  { id: 'GET /points/{lat},{lon}', parameters: [{ name: 'lon', in: 'path', schema: { type: 'number' } }] },
  { id: 'POST /items', body: { required: true, content: { 'application/json': { schema: OBJECT } } } },
  {
    id: 'POST /forms',
    body: {
      content: {
        'application/x-www-form-urlencoded': {
          schema: {
            type: 'object',
            required: ['amount'],
            properties: {
              amount: { type: 'integer' },
              lines: { type: 'array', items: { type: 'object', properties: { price: { type: 'integer' } } } },
            },
          },
          encoding: {
            lines: { content_type: null, style: 'deepObject', explode: true, allow_reserved: false },
          },
        },
        'multipart/form-data': {
          schema: {
            type: 'object',
            required: ['file'],
            properties: {
              file: { type: 'string', format: 'binary' },
              count: { type: 'integer' },
              meta: { type: 'object', required: ['a'] },
            },
          },
        },
      },
    },
  },
  { id: 'POST /tree', body: { content: { 'application/json': { schema: { $ref: '#0' } } } } },
  {
    id: 'POST /pattern',
    body: { content: { 'application/json': { schema: { type: 'string', pattern: '^(a+)+$' } } } },
  },
];
/** A schema that refers to itself. */
export const TREE = { type: 'object', properties: { next: { $ref: '#0' }, n: { type: 'integer' } } } as const;

/** What a gateway said to a request: of its problem, each fault as `in name/pointer: expected`. */
export interface Said {
  readonly status: number | undefined;
  readonly code: unknown;
  readonly detail?: unknown;
  readonly faults: readonly string[];
}

/** A gateway that validates, between its two sides. */
export interface Validating {
  readonly upstream: RawUpstream;
  readonly gateway: TestGateway;
  readonly send: (request: string | Buffer) => Promise<Said>;
}

/** Starts a gateway over the operations above, with one connection `vendor`. */
export async function startValidating(
  validate: 'warn' | 'enforce',
  more: Partial<ConnectionSpec> = {},
  options: TestGatewayOptions = {},
  table: Partial<TableSpec> = {},
): Promise<Validating> {
  const upstream = await rawUpstream();
  const described = describe(OPERATIONS, [TREE]);
  const vendor = { base_url: upstream.origin, validate, described, cookies: 'forward' as const, ...more };
  const gateway = await startGateway({ connections: { vendor }, ...table }, options);
  const send = async (request: string | Buffer) => {
    const { bytes, statuses } = await sendRaw(gateway.port, request);
    const body = bytes.slice(bytes.indexOf('\r\n\r\n') + 4);
    const parsed = body.startsWith('{') ? (JSON.parse(body) as Record<string, unknown>) : {};
    const { code, detail } = parsed;
    return { status: statuses[0], code, detail, faults: faultTexts(parsed['faults']) };
  };
  return { upstream, gateway, send };
}

interface Fault {
  readonly in: string;
  readonly name: string | null;
  readonly pointer: string;
  readonly expected: string;
}

/** Gives the `faults` of a problem as texts: `in name/pointer: expected`. */
export function faultTexts(faults: unknown): string[] {
  const given = (faults ?? []) as readonly Fault[];
  return given.map(
    ({ in: place, name, pointer, expected }) => `${place} ${name ?? ''}${pointer}: ${expected}`,
  );
}

/** Gives a request with content. */
export function withBody(line: string, type: string, content: string | Buffer, ...more: string[]): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const head = headOf(
    line,
    `Content-Length: ${bytes.length}`,
    ...(type === '' ? [] : [`Content-Type: ${type}`]),
    ...more,
  );
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}
