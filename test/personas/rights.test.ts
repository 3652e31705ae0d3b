import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { renderText } from '../../compiler/diagnostic/text.ts';
import { authorizeGrants } from '../../runtime/3-authenticate/authorize-grants.ts';
import { authorizeTool } from '../../runtime/3-authenticate/authorize-tool.ts';
import { rightsOf } from '../../runtime/3-authenticate/rights-of.ts';
import type { KnownCaller } from '../../runtime/load/snapshot.ts';
import type { Problem } from '../../runtime/problem.ts';
import { workspaceOf } from '../compiler/check.ts';

/** Each caller's personas are its name's words, and one that gives connections. */
const PERSONAS = `personas:
  nothing: {}
  all: { tools: { allow: ["*"] }, grants: manage }
  lists: { tools: { allow: [api_list_endpoints] }, grants: use }
  reads:
    tools:
      allow:
        - "api_*"
      deny: [api_invoke_endpoint]
  never: { tools: { deny: ["api_get_*"] } }
  connections: { connections: { allow: ["*"] } }
`;
const SETS = [
  'nothing',
  'all',
  'lists',
  'reads',
  'never',
  'all reads',
  'lists reads',
  'never all',
  'lists all',
];

const callers = new Map<string, KnownCaller>();

beforeAll(async () => {
  const lines = SETS.map(
    (set, at) =>
      `  caller_${at}: { key: "\${env:K${at}}", personas: [${set.split(' ').join(', ')}, connections] }\n`,
  );
  const file = `${PERSONAS}callers:\n${lines.join('')}  ops: { key: "\${env:OPS}", admin: true }\n`;
  const { table, diagnostics } = await compile(workspaceOf({ 'gateway.d/a.yaml': file }), {
    literalSecrets: 'error',
  });
  if (table === null) throw new Error(renderText(diagnostics, { color: false }));
  for (const caller of table.callers) {
    const set = caller.name === 'ops' ? 'ops' : SETS[Number(caller.name.slice('caller_'.length))];
    const plan = table.access[caller.access];
    if (set === undefined || plan === undefined) throw new Error('a caller without personas or plan');
    callers.set(set, { ...caller, ...rightsOf(plan) });
  }
});

/** What a decision came to: `yes`, or what is logged of the refusal. Callers are told neither persona nor place. */
function outcome(problem: Problem | null): unknown {
  if (problem === null) return 'yes';
  expect([problem.code, problem.status]).toEqual(['forbidden', 403]);
  expect(problem.detail).not.toMatch(/gateway\.d|reads|never/);
  return problem.logged;
}

const NOT_NAMED = { denied: 'tool' };
const BY_READS = { denied: 'tool', persona: 'reads', rule: 'gateway.d/a.yaml:9:14' };
const BY_NEVER = { denied: 'tool', persona: 'never', rule: 'gateway.d/a.yaml:10:28' };

describe('tools', () => {
  test.each([
    ['nothing', 'api_list_endpoints', NOT_NAMED],
    ['ops', 'api_list_endpoints', NOT_NAMED],
    ['all', 'api_invoke_endpoint', 'yes'],
    ['all', 'api_delete_everything', NOT_NAMED],
    ['all', '__proto__', NOT_NAMED],
    ['all', 'API_INVOKE_ENDPOINT', NOT_NAMED],
    ['lists', 'api_list_endpoints', 'yes'],
    ['lists', 'api_invoke_endpoint', NOT_NAMED],
    ['reads', 'api_get_endpoint_schema', 'yes'],
    ['reads', 'api_invoke_endpoint', BY_READS],
    ['all reads', 'api_invoke_endpoint', BY_READS],
    ['all reads', 'api_list_endpoints', 'yes'],
    ['lists reads', 'api_get_endpoint_schema', 'yes'],
    ['never', 'api_get_endpoint_schema', BY_NEVER],
    ['never all', 'api_get_endpoint_schema', BY_NEVER],
    ['never all', 'api_invoke_endpoint', 'yes'],
  ])('%s: %s', (set, tool, expected) => {
    expect(outcome(authorizeTool(callers.get(set) as KnownCaller, tool))).toEqual(expected);
  });
});

describe('managing grants', () => {
  test.each([
    ['nothing', { denied: 'grants' }],
    ['lists', { denied: 'grants' }],
    ['all', 'yes'],
    ['lists all', 'yes'],
    ['ops', 'yes'],
  ])('%s', (set, expected) => {
    expect(outcome(authorizeGrants(callers.get(set) as KnownCaller))).toEqual(expected);
  });
});
