import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Compile from '../../compiler/compile.ts';
import type * as Sources from '../../compiler/source/source.ts';
import type * as Validation from '../../runtime/validate/request-validation.ts';
import type * as Turns from '../../runtime/validate/turn-queue.ts';
import type * as Records from '../../table/records/open-records.ts';
import { quantile } from '../measure.ts';

/** What is measured, as it is built. */
export const VALIDATE_MODULES = [
  'compiler/compile',
  'compiler/source/source',
  'table/records/open-records',
  'runtime/validate/request-validation',
  'runtime/validate/turn-queue',
] as const;

const ROUNDS = 9;
const REQUESTS = 5_000;

/** An operation with parameters of each place and a body of nested objects. */
const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  paths: {
    '/shops/{shop}/orders': {
      post: {
        operationId: 'addOrder',
        parameters: [
          { name: 'shop', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } },
          { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 100 } },
          { name: 'fields', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
          { name: 'X-Trace', in: 'header', schema: { type: 'string', maxLength: 64 } },
        ],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } },
        },
        responses: { 201: { description: 'Added' } },
      },
    },
  },
  components: {
    schemas: {
      Order: {
        type: 'object',
        required: ['customer', 'lines'],
        properties: {
          customer: { type: 'string', format: 'uuid' },
          at: { type: 'string', format: 'date-time' },
          lines: { type: 'array', items: { $ref: '#/components/schemas/Line' } },
        },
        additionalProperties: false,
      },
      Line: {
        type: 'object',
        required: ['sku', 'count'],
        properties: {
          sku: { type: 'string', pattern: '^[A-Z0-9-]{4,20}$' },
          count: { type: 'integer', minimum: 1 },
          note: { type: 'string', maxLength: 200 },
        },
      },
    },
  },
};

/** About 1 KB. */
const BODY = Buffer.from(
  JSON.stringify({
    customer: '3f0d1c52-6f0e-4f2c-9a53-0c1de2f5a001',
    at: '2026-11-21T20:00:00Z',
    lines: Array.from({ length: 12 }, (_, at) => ({
      sku: `SKU-${1000 + at}`,
      count: at + 1,
      note: 'as it is, please',
    })),
  }),
);

/** Prints microseconds of CPU time for each request that is checked and has no fault. */
export async function validateCost(modules: string): Promise<void> {
  const load = async <T>(name: (typeof VALIDATE_MODULES)[number]): Promise<T> =>
    (await import(pathToFileURL(join(modules, `${name}.js`)).href)) as T;
  const { compile } = await load<typeof Compile>('compiler/compile');
  const { Source } = await load<typeof Sources>('compiler/source/source');
  const { recordsInMemory } = await load<typeof Records>('table/records/open-records');
  const { checkHead, checkContent, validatorSets } = await load<typeof Validation>(
    'runtime/validate/request-validation',
  );
  const { turnQueue } = await load<typeof Turns>('runtime/validate/turn-queue');
  const written =
    'connections:\n  orders: { catalog: orders, base_url: "https://a.example", auth_mode: none }\n';
  const catalog = {
    name: 'orders',
    origin: 'folder' as const,
    path: 'catalogs/orders',
    readCatalog: () => ({ text: 'catalog: orders\ndescriptions: { main: { document: a.json } }\n' }),
    readDocument: () => ({ bytes: Buffer.from(JSON.stringify(DOCUMENT)) }),
  };
  const workspace = {
    gatewayFiles: [new Source('gateway.d/a.yaml', written)],
    catalogs: [catalog],
    diagnostics: [],
  };
  const { table, records: bytes } = await compile(workspace, { literalSecrets: 'error' });
  const entry = table?.descriptions[0];
  if (table === null || bytes === null || entry === undefined) throw new Error('the orders do not compile');
  const records = recordsInMemory(table.records, bytes);
  const operation = { entry, record: records.operation(entry, 0) };
  const validation: Validation.RequestValidation = {
    mode: 'enforce',
    bodyMaxBytes: 1024 * 1024,
    not: { headers: new Set(), query: new Set(), cookies: true },
    validatorsOf: validatorSets({ records, queue: turnQueue(), codegen: true }),
  };
  const source = {
    rest: '/shops/42/orders?limit=10&fields=a&fields=b',
    template: '/shops/{shop}/orders',
    headers: ['Content-Type', 'application/json', 'X-Trace', 'abc'],
  };
  const once = async (): Promise<number> => {
    const head = await checkHead(validation, operation, source, true);
    const content = await checkContent(validation, operation, head, BODY);
    return head.faults.count + ('faults' in content ? content.faults.count : 1);
  };
  const samples_us: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    let faults = 0;
    for (let at = 0; at < REQUESTS; at += 1) faults += await once();
    const { user, system } = process.cpuUsage(before);
    if (faults > 0) throw new Error(`${faults} faults where there should be none`);
    samples_us.push((user + system) / REQUESTS);
  }
  console.log(
    `validate, 4 parameters and ${BODY.length} bytes of JSON: ${quantile(samples_us.slice(2), 0.5).toFixed(1)} µs`,
  );
}
