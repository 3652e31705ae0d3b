import { Tiktoken } from 'js-tiktoken/lite';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { expect, test } from 'vitest';
import { argumentFaults } from '../../runtime/mcp/check-arguments.ts';
import { TOOLS } from '../../runtime/mcp/tool-definitions.ts';
import { TOOL_NAMES } from '../../table/rules/tool-names.ts';

const DEFINITIONS = Object.values(TOOLS);

test('there are three tools, each with a closed input and an output schema', () => {
  expect(DEFINITIONS.map(({ name }) => name).toSorted()).toEqual([...TOOL_NAMES]);
  for (const { name, inputSchema, outputSchema } of DEFINITIONS) {
    expect([name, inputSchema.additionalProperties]).toEqual([name, false]);
    expect(Object.keys(inputSchema.properties)).toEqual(expect.arrayContaining(inputSchema.required ?? []));
    expect(Object.keys(outputSchema.properties)).toEqual(expect.arrayContaining(outputSchema.required));
  }
});

test('their definitions together take under 1,500 tokens', () => {
  const tokens = new Tiktoken(o200k);
  expect(tokens.encode(JSON.stringify(DEFINITIONS)).length).toBeLessThan(1_500);
  // The counting counts.
  expect(tokens.encode('hello world').length).toBe(2);
});

const CALL = TOOLS.api_invoke_endpoint.inputSchema;
const LIST = TOOLS.api_list_endpoints.inputSchema;

const FAULTS: readonly [given: Record<string, unknown>, schema: typeof CALL, faults: readonly string[]][] = [
  [{ connection: 'a', method: 'GET', path: '/x', body: [1], query_params: { a: [1] } }, CALL, []],
  [{ connection: 'a', spec: null, operation_id: 'x' }, CALL, []],
  [{}, CALL, ['connection is missing']],
  [{ query: 'x'.repeat(500) }, LIST, []],
  [{ query: 'x'.repeat(501) }, LIST, ['query must be a string of at most 500 characters']],
  [{ connection: null }, CALL, ['connection is missing']],
  [
    { connection: 'a', query: 'x' },
    CALL,
    [
      'there is no argument "query"; there are: connection, operation_id, spec, path_params, method, path, query_params, headers, body, timeout_seconds, grant',
    ],
  ],
  [
    { connection: 'a', query_param: {} },
    CALL,
    ['there is no argument "query_param"; did you mean "query_params"?'],
  ],
  [
    { connection: 'a', ['__proto__']: 1, constructor: 1 },
    CALL,
    [expect.stringContaining('"__proto__"'), expect.stringContaining('"constructor"')],
  ],
  [
    { connection: 7, path_params: [], headers: 'x', method: 'get', timeout_seconds: 601 },
    CALL,
    [
      'connection must be a string',
      'path_params must be an object',
      'method must be one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS',
      'headers must be an object',
      'timeout_seconds must be a whole number from 1 to 600',
    ],
  ],
  [{ limit: 0 }, LIST, ['limit must be a whole number from 1 to 500']],
  [{ limit: 1.5 }, LIST, ['limit must be a whole number from 1 to 500']],
  [{ limit: '5' }, LIST, ['limit must be a whole number from 1 to 500']],
  [{ limit: 500, cursor: '' }, LIST, []],
  [{ ['x'.repeat(200)]: 1 }, LIST, [expect.stringMatching(/^there is no argument "x{80}"/)]],
];

test.each(FAULTS)('%j', (given, schema, faults) => {
  expect(argumentFaults(schema, given)).toEqual(faults);
});
