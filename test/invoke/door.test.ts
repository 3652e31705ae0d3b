import { expect, test } from 'vitest';
import { describe } from '../support/described.ts';
import { answerOf, seen, startInvoking } from '../support/invoking.ts';
import type { InvokingSpec } from '../support/invoking.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { codeOf, headOf } from '../support/sides.ts';
import { gives, rule } from '../support/table.ts';
import { startFromYaml } from '../support/yaml-gateway.ts';

const DESCRIBED = describe([
  { id: 'GET /files/{path}' },
  {
    id: 'POST /things',
    parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }],
    body: {
      required: true,
      content: {
        'application/json': {
          schema: { type: 'object', required: ['name'], properties: { tags: { type: 'array' } } },
        },
        'application/x-www-form-urlencoded': {
          schema: {
            type: 'object',
            required: ['address'],
            properties: {
              address: { type: 'object', required: ['city'], properties: { city: { type: 'string' } } },
              lines: { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } } } },
            },
          },
        },
      },
    },
  },
]);

const AT_CONTROL = 'served at the control address, not at the one that calls go to';

const TARGETS: Record<string, readonly [line: string, status: number, code: string, says: string]> = {
  'no such form': [
    'POST /api/v1/gateway/vendor/invoked HTTP/1.1',
    404,
    'route_unknown',
    'there is POST /api/v1/gateway/{connection}/invoke',
  ],
  'no connection': [
    'POST /api/v1/gateway//invoke HTTP/1.1',
    404,
    'route_unknown',
    'no connection is named \\"\\"; you may use: vendor',
  ],
  'an unknown connection': [
    'POST /api/v1/gateway/vendo/invoke HTTP/1.1',
    404,
    'route_unknown',
    'no connection is named \\"vendo\\"; you may use: vendor',
  ],
  'a query': [
    'POST /api/v1/gateway/vendor/invoke?a=b HTTP/1.1',
    404,
    'route_unknown',
    'there is POST /api/v1/gateway/{connection}/invoke',
  ],
  'another method': [
    'GET /api/v1/gateway/vendor/invoke HTTP/1.1',
    405,
    'method_not_allowed',
    '\r\nAllow: POST\r\n',
  ],
  'the admin API': ['GET /api/v1/admin/audit/events HTTP/1.1', 404, 'route_unknown', AT_CONTROL],
  'the admin API, with a query alone': ['GET /api/v1/admin?x=1 HTTP/1.1', 404, 'route_unknown', AT_CONTROL],
  'what only begins like the admin API': [
    'GET /api/v1/administer HTTP/1.1',
    404,
    'route_unknown',
    'there is POST /api/v1/gateway/{connection}/invoke',
  ],
  'grants of callers': ['GET /connections?app=notes HTTP/1.1', 404, 'route_unknown', AT_CONTROL],
  'one grant of a caller': ['DELETE /connections/abc HTTP/1.1', 404, 'route_unknown', AT_CONTROL],
  'the connect page': ['GET /connect?t=x HTTP/1.1', 404, 'route_unknown', AT_CONTROL],
  'the counts': ['GET /metrics HTTP/1.1', 404, 'route_unknown', AT_CONTROL],
  'readiness, below it': ['GET /readyz/x HTTP/1.1', 404, 'route_unknown', AT_CONTROL],
};

test.each(Object.entries(TARGETS))('%s', async (_name, [line, status, code, says]) => {
  const { gateway, upstream } = await startInvoking();
  const content = '{"method":"GET","path":"/"}';
  const { bytes, statuses } = await sendRaw(
    gateway.port,
    headOf(line, `Content-Length: ${content.length}`) + content,
  );
  expect([statuses, codeOf(bytes)]).toEqual([[status], code]);
  expect(bytes).toContain(says);
  expect(upstream.received()).toBe('');
});

test('without a key, and over the limit of the account, nothing is read', async () => {
  const { gateway } = await startInvoking({ table: { rate_limit: { requests_per_second: 1, burst: 1 } } });
  const bare = 'POST /api/v1/gateway/vendor/invoke HTTP/1.1\r\nHost: gw\r\nContent-Length: 9\r\n\r\n';
  expect((await sendRaw(gateway.port, bare)).statuses).toEqual([401]);
  const call = headOf('POST /api/v1/gateway/vendor/invoke HTTP/1.1', 'Content-Length: 2') + '{}';
  expect((await sendRaw(gateway.port, call)).statuses).toEqual([400]);
  expect((await sendRaw(gateway.port, call)).statuses).toEqual([429]);
});

test('the tool has to be given, as to a language model', async () => {
  const upstream = await rawUpstream();
  const key = 'without-tools-0123456789abcdefghijklmnop';
  const gateway = await startFromYaml(
    `connections: { vendor: { base_url: "${upstream.origin}", auth_mode: none } }
callers: { program: { key: "\${env:PROGRAM_KEY}", personas: [without-tools] } }
personas: { without-tools: { connections: { allow: ["*"] } } }
`,
    { PROGRAM_KEY: key },
  );
  const content = '{"method":"GET","path":"/"}';
  const head = `POST /api/v1/gateway/vendor/invoke HTTP/1.1\r\nHost: gw\r\nX-API-Key: ${key}\r\nContent-Length: ${content.length}\r\n\r\n`;
  const { bytes } = await sendRaw(gateway.port, head + content);
  expect(codeOf(bytes)).toBe('forbidden');
  expect(bytes).toContain('your personas do not give the tool api_invoke_endpoint');
  expect(upstream.received()).toBe('');
});

const SLASHES: Record<string, InvokingSpec> = {
  'no rules': {},
  'a rule that allows what comes of it': {
    table: {
      access: {
        vendor: {
          allows: [gives([rule('allow', [], ['/files/**'])])],
        },
      },
    },
  },
  'a deny of something else': {
    table: { access: { vendor: { denies: [rule('deny', [], ['/files/*/secret'])] } } },
  },
  'allow_encoded_slash under expose': { connection: { expose: 'operations', allow_encoded_slash: true } },
};

test.each(Object.entries(SLASHES))(
  'a slash in a value goes out under: %s',
  async (_name, { connection, table }) => {
    const { upstream, invoke } = await startInvoking({
      connection: { described: DESCRIBED, ...connection },
      ...(table === undefined ? {} : { table }),
    });
    const called = await invoke({ operation_id: 'GET /files/{path}', path_params: { path: 'src/a.ts' } });
    expect(called.detail).toBe('');
    expect(seen(upstream.requests[0])).toBe('GET /files/src%2Fa.ts');
    expect(called.answer['resolved_path']).toBe('/files/src%2Fa.ts');
  },
);

const VALIDATED: Record<string, readonly [call: object, faults: readonly string[]]> = {
  'all that is wrong at once': [
    { operation_id: 'POST /things', query_params: { limit: 'many' }, body: { tags: 1 } },
    ['query limit: the type integer', 'body /tags: the type array', 'body /name: to be there'],
  ],
  'a form in brackets': [
    {
      method: 'POST',
      path: '/things',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: { address: { zip: '1' }, lines: [{ n: 'x' }] },
    },
    ['body /address/city: to be there', 'body /lines/0/n: the type integer'],
  ],
  'no body': [{ operation_id: 'POST /things' }, ['body : a body']],
};

test.each(Object.entries(VALIDATED))('validate: %s', async (_name, [call, faults]) => {
  const enforcing = await startInvoking({ connection: { described: DESCRIBED, validate: 'enforce' } });
  const refused = await enforcing.invoke(call);
  expect([refused.status, refused.code]).toEqual([400, 'request_invalid']);
  expect([...refused.faults].sort()).toEqual([...faults].sort());
  expect(enforcing.upstream.received()).toBe('');
  const warning = await startInvoking({ connection: { described: DESCRIBED, validate: 'warn' } });
  expect((await warning.invoke(call)).code).toBe(null);
  const line = await warning.gateway.logged(({ msg }) => msg === 'exchange');
  expect(line).toMatchObject({ validation: 'faulty', faults: faults.length });
});

test('what is right is sent, and the log has all of it', async () => {
  const { gateway, invoke } = await startInvoking({
    connection: { described: DESCRIBED, validate: 'enforce' },
    answer: answerOf('404 Not Found', 'application/json', '{}'),
  });
  const called = await invoke({
    connection: 'vendor',
    operation_id: 'POST /things',
    spec: 'main',
    body: { address: { city: 'Łódź' }, lines: [{ n: 1 }], name: 'x' },
  });
  expect([called.status, called.answer['status']]).toEqual([200, 404]);
  const line = await gateway.logged(({ msg }) => msg === 'exchange');
  expect(line).toMatchObject({
    door: 'invoke',
    caller: 'tester',
    connection: 'vendor',
    operation: 'POST /things',
    template: '/things',
    method: 'POST',
    status: 200,
    source: 'upstream',
    validation: 'valid',
    upstream_ms: expect.any(Number),
  });
});
