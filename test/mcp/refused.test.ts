import { expect, test } from 'vitest';
import { startAsking, startMcpGateway } from '../support/mcp-gateway.ts';
import type { CallerName } from '../support/mcp-gateway.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';

// What tools refuse: each says what there is instead, and nothing of what is denied.

type Given = Record<string, unknown>;

interface Refused {
  readonly caller?: CallerName;
  readonly tool?: string;
  readonly given: Given;
  readonly error: Given;
}

const SCHEMA = 'api_get_endpoint_schema';
const INVOKE = 'api_invoke_endpoint';
const unknownOf = (id: string, nearest: string[]): Given => ({
  code: 'operation_unknown',
  message: `no operation that you may use has the id "${id}"; there are: ${nearest.join(', ')}`,
  nearest,
});

const REFUSED: readonly Refused[] = [
  {
    given: { connection: 'shpo' },
    error: {
      code: 'route_unknown',
      message: 'no connection that you may use is named "shpo"; there are: shop, bare, pay',
      valid: ['shop', 'bare', 'pay'],
    },
  },
  {
    // One that is there and denied is told like one that is not.
    caller: 'reader',
    given: { connection: 'pay' },
    error: {
      code: 'route_unknown',
      message: 'no connection that you may use is named "pay"; there is: shop',
      valid: ['shop'],
    },
  },
  {
    given: { connection: 'pay', spec: 'card' },
    error: {
      code: 'operation_unknown',
      message: 'no description (spec) is named "card"; there are: cards, banks',
      valid: ['cards', 'banks'],
    },
  },
  {
    given: { conection: 'pay' },
    error: {
      code: 'request_invalid',
      message:
        'api_list_endpoints was not called: there is no argument "conection"; did you mean "connection"?',
    },
  },
  {
    tool: INVOKE,
    given: { conection: 'pay', operation_id: 'getOne', method: 'get', headers: [], timeout_seconds: 0 },
    error: {
      code: 'request_invalid',
      message:
        'api_invoke_endpoint was not called: there is no argument "conection"; did you mean "connection"?; connection is missing; method must be one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS; headers must be an object; timeout_seconds must be a whole number from 1 to 600; give operation_id, or method and path, not both',
    },
  },
  {
    given: { spec: 'cards' },
    error: { code: 'request_invalid', message: 'spec is of a connection: name the connection too' },
  },
  {
    caller: 'toolless',
    given: {},
    error: { code: 'forbidden', message: 'your personas do not give this tool' },
  },
  {
    caller: 'reader',
    tool: 'api_invoke_endpoint',
    given: { connection: 'shop', operation_id: 'getOrder' },
    error: { code: 'forbidden', message: 'your personas do not give this tool' },
  },
  {
    tool: SCHEMA,
    given: { connection: 'shop', operation_id: 'getOrdr' },
    error: unknownOf('getOrdr', ['getOrder', 'addOrder', 'deleteOrder', 'listOrders', 'getAccount']),
  },
  {
    caller: 'reader',
    tool: SCHEMA,
    given: { connection: 'shop', operation_id: 'getAccount' },
    error: unknownOf('getAccount', ['getOrder', 'listOrders']),
  },
  {
    tool: SCHEMA,
    given: { connection: 'pay', operation_id: 'listCharges' },
    error: {
      code: 'request_invalid',
      message: '"listCharges" is the id of several operations: name one with spec, or as "METHOD path"',
      candidates: [
        { spec: 'banks', method: 'GET', path: '/charges' },
        { spec: 'cards', method: 'GET', path: '/charges' },
      ],
    },
  },
  {
    tool: INVOKE,
    given: { connection: 'pay', operation_id: 'getOne', path_params: { id: '1' } },
    error: {
      code: 'request_invalid',
      message:
        'nothing was sent; "getOne" is in several descriptions; name one as spec: banks (GET /banks/{id}), cards (GET /cards/{id})',
    },
  },
  {
    caller: 'payer',
    tool: INVOKE,
    given: { connection: 'pay', operation_id: 'listCharges' },
    error: { code: 'forbidden', message: 'no rule of your personas allows this method and path' },
  },
  {
    tool: SCHEMA,
    given: { connection: 'shop', operation_id: 'listOrders', schema: 0 },
    error: { code: 'request_invalid', message: '"listOrders" has no schema 0' },
  },
];

test.each(REFUSED)(
  '$tool $given of $caller is refused',
  async ({ caller = 'tester', tool, given, error }) => {
    const { ask, gateway } = await startAsking(caller);
    const outcome = await ask(tool ?? 'api_list_endpoints', given);
    const { request_id, ...told } = (outcome.text as { error: Given }).error;
    expect({ ...outcome, text: told }).toEqual({ isError: true, structured: undefined, text: error });
    // initialize, initialized, GET, tools/list, and the call.
    const lines = await gateway.exchanges(5);
    const line = lines.find((one) => one['request_id'] === request_id);
    expect(line).toMatchObject({ door: 'mcp', problem: error['code'], tool: tool ?? 'api_list_endpoints' });
  },
);

test('a tool that is not there is an error of the protocol', async () => {
  const { ask } = await startAsking('tester');
  await expect(ask('api_export', {})).rejects.toThrow('Unknown tool: api_export');
});

test('an id that several descriptions have means the one that the caller may use', async () => {
  const upstream = await rawUpstream(OK);
  const { ask } = await startAsking('payer', await startMcpGateway(upstream.origin));
  const given = { connection: 'pay', operation_id: 'getOne' };
  expect((await ask(SCHEMA, given)).structured).toMatchObject({ spec: 'cards', path: '/cards/{id}' });
  const called = await ask(INVOKE, { ...given, path_params: { id: '1' } });
  expect(called).toMatchObject({ isError: false, structured: { status: 200 } });
  expect(upstream.requests.map(({ head }) => head.split(' ')[1])).toEqual(['/cards/1']);
});
