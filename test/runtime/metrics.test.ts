import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { headOf } from '../support/sides.ts';
import { operationsOf, TEST_KEY } from '../support/table.ts';
import type { TableSpec } from '../support/table.ts';
import { startValidating, withBody } from '../support/validating.ts';

const ADMIN_KEY = 'admin-key-0123456789abcdefghijklmnopqrstu';
const NONE = { connections: { vendor: { base_url: 'http://127.0.0.1:1' } } };
const KINDS = `# HELP gw_validation_faults_total Faults that validation found in requests.
# TYPE gw_validation_faults_total counter

# HELP gw_validation_unchecked_total Requests whose body validation did not look at, by why.
# TYPE gw_validation_unchecked_total counter

# HELP gw_operation_unknown_total Requests refused because the description lists no such operation (404), or not this method (405).
# TYPE gw_operation_unknown_total counter

# HELP gw_grant_refreshes_total Refreshes of grants, by outcome: succeeded; transient and terminal failures; unwritten, lost and internal are what is to be looked into.
# TYPE gw_grant_refreshes_total counter

# HELP gw_audit_dropped_total Rows of audit that were not kept, by sink.
# TYPE gw_audit_dropped_total counter
`;

/** Two callers, one of them an operator. */
function withAdmin(spec: TableSpec): TableSpec {
  const caller = (name: string, env: string, admin: boolean) => ({
    name,
    at: 'gateway.d/test.yaml:1:1',
    account: name,
    admin,
    key: { secret: { env, at: 'gateway.d/test.yaml:1:1' } },
    personas: ['all'],
    access: 0,
  });
  return { ...spec, callers: [caller('ops', 'ADMIN_KEY', true), caller('tester', 'TEST_KEY', false)] };
}

async function scrape(gateway: TestGateway, ...fields: string[]) {
  const head = ['GET /metrics HTTP/1.1', 'Host: gw', 'Connection: close', ...fields].join('\r\n');
  const { statuses, bytes } = await sendRaw(gateway.controlPort, `${head}\r\n\r\n`);
  return { status: statuses[0], bytes, body: bytes.slice(bytes.indexOf('\r\n\r\n') + 4) };
}

const WHO: [what: string, metrics: 'admin' | 'public', fields: string[], answer: string][] = [
  ['an operator', 'admin', [`Authorization: Bearer ${ADMIN_KEY}`], '200'],
  ['an operator by the other header', 'admin', [`X-API-Key: ${ADMIN_KEY}`], '200'],
  ['nobody', 'admin', [], '401 caller_unauthenticated'],
  ['a wrong key', 'admin', ['X-API-Key: wrong'], '401 caller_unauthenticated'],
  ['a caller', 'admin', [`X-API-Key: ${TEST_KEY}`], '403 forbidden'],
  ['two keys', 'admin', [`X-API-Key: ${TEST_KEY}`, `X_API_Key: ${ADMIN_KEY}`], '400 message_malformed'],
  ['everybody, where they are public', 'public', [], '200'],
];

test.each(WHO)('who reads metrics: %s', async (_what, metrics, fields, said) => {
  const gateway = await startGateway(withAdmin({ ...NONE, metrics }), { environment: { ADMIN_KEY } });
  const answer = await scrape(gateway, ...fields);
  const code = /^Gateway-Error: (.*)\r$/m.exec(answer.bytes)?.[1] ?? '';
  expect(`${answer.status} ${code}`.trim()).toBe(said);
  const isText = answer.bytes.includes('\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n');
  expect([isText, answer.body === KINDS, answer.bytes.includes('gw_')]).toEqual(
    Array.from({ length: 3 }, () => said === '200'),
  );
});

/** Gives the lines of a scrape that have numbers. */
async function counted(gateway: TestGateway): Promise<string[]> {
  const { body } = await scrape(gateway, `X-API-Key: ${TEST_KEY}`);
  return body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

test.each(['warn', 'enforce'] as const)('validation is counted: %s', async (mode) => {
  const { gateway, send } = await startValidating(
    mode,
    { limits: { validate_body_max_bytes: 40 } },
    {},
    { metrics: 'public' },
  );
  const ask = async (request: string | Buffer, lines: number) => {
    await send(request);
    await gateway.logged(() => gateway.log.filter(({ msg }) => msg === 'exchange').length === lines);
  };
  await ask(headOf('/vendor/items/x?limit=500'), 1);
  await ask(headOf('/vendor/items/1?limit=5'), 2);
  await ask(withBody('POST /vendor/items HTTP/1.1', 'application/json', '{"age":-1}'), 3);
  await ask(withBody('POST /vendor/items HTTP/1.1', 'application/json', ' '.repeat(41)), 4);
  expect(await counted(gateway)).toEqual([
    `gw_validation_faults_total{connection="vendor",mode="${mode}"} 4`,
    `gw_validation_unchecked_total{connection="vendor",mode="${mode}",why="size"} 1`,
  ]);
});

test('what no operation has is counted, and goes on over a reload', async () => {
  const upstream = await rawUpstream();
  const vendor = {
    base_url: upstream.origin,
    expose: 'operations' as const,
    described: operationsOf('GET /a'),
  };
  const gateway = await startGateway({ connections: { vendor }, metrics: 'public' });
  const ask = async (line: string, lines: number) => {
    const { statuses } = await sendRaw(gateway.port, headOf(line));
    await gateway.logged(() => gateway.log.filter(({ msg }) => msg === 'exchange').length === lines);
    return statuses[0];
  };
  expect(await ask('/vendor/a', 1)).toBe(200);
  expect(await ask('/vendor/b', 2)).toBe(404);
  expect(await ask('POST /vendor/a HTTP/1.1', 3)).toBe(405);
  await gateway.serving.reload();
  expect(await ask('/vendor/b', 4)).toBe(404);
  expect(await counted(gateway)).toEqual([
    'gw_operation_unknown_total{connection="vendor",problem="operation_unknown"} 2',
    'gw_operation_unknown_total{connection="vendor",problem="method_not_allowed"} 1',
  ]);
});
