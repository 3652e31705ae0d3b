import { expect, test } from 'vitest';
import { rawUpstream } from '../support/raw-upstream.ts';
import { startFromYaml } from '../support/yaml-gateway.ts';

const ACCESS = `callers:
  cy: { key: "\${env:CY_KEY}", personas: [reader, closer] }
  di: { key: "\${env:DI_KEY}", personas: [limited] }
personas:
  reader:
    connections: { allow: ["*"] }
    read_only: true
  closer:
    connections:
      deny: [payroll]
    routes:
      - { connection: books, paths: ["/private/**"], action: deny }
  limited:
    connections: { allow: [books] }
    routes:
      - { connection: books, methods: [GET], paths: ["/open/*"], action: allow }
`;
const KEYS = {
  CY_KEY: 'cy-key-0123456789-0123456789-0123456789',
  DI_KEY: 'di-key-0123456789-0123456789-0123456789',
};
const AT = 'gateway.d/30-access.yaml';

/** Who sends what, and what the log has of its refusal; null: it went to the upstream. */
const ROWS: [caller: keyof typeof KEYS, request: string, logged: Record<string, string> | null][] = [
  ['CY_KEY', 'GET /books/a', null],
  ['CY_KEY', 'POST /books/a', { denied: 'read_only', persona: 'reader', rule: `${AT}:7:5` }],
  ['CY_KEY', 'GET /payroll/a', { denied: 'connection', persona: 'closer', rule: `${AT}:10:14` }],
  ['CY_KEY', 'GET /books/private/a', { denied: 'rule', persona: 'closer', rule: `${AT}:12:9` }],
  ['DI_KEY', 'GET /books/open/a', null],
  ['DI_KEY', 'GET /books/closed', { denied: 'no_rule', persona: 'limited', rule: `${AT}:14:28` }],
  ['DI_KEY', 'POST /books/open/a', { denied: 'no_rule', persona: 'limited', rule: `${AT}:14:28` }],
  ['DI_KEY', 'GET /payroll/a', { denied: 'connection' }],
  ['DI_KEY', 'GET /books/open/a?_method=PUT', { denied: 'method_override' }],
];

test('a refusal tells the log which persona and line decided, and the caller neither', async () => {
  const upstream = await rawUpstream();
  const gateway = await startFromYaml(
    `connections:
  books: { base_url: ${upstream.origin}, auth_mode: none, allow_private: [127.0.0.0/8] }
  payroll: { base_url: ${upstream.origin}, auth_mode: none, allow_private: [127.0.0.0/8] }
`,
    KEYS,
    { files: { 'gateway.d/30-access.yaml': ACCESS } },
  );
  for (const [caller, request, expected] of ROWS) {
    const [method = '', target = ''] = request.split(' ');
    const answer = await fetch(gateway.base + target, { method, headers: { 'X-API-Key': KEYS[caller] } });
    const text = await answer.text();
    expect([request, answer.status]).toEqual([request, expected === null ? 200 : 403]);
    expect(text).not.toMatch(/gateway\.d|reader|closer|limited/);
  }
  const lines = await gateway.exchanges(ROWS.length);
  expect(lines.map(toldOf)).toEqual(ROWS.map(([, , expected]) => expected ?? {}));
  const sent = upstream.requests.map(({ head }) => head.split(' HTTP/1.1')[0]);
  expect(sent).toEqual(['GET /a', 'GET /open/a']);
});

/** Gives what a line tells of a refusal. */
function toldOf(line: Record<string, unknown>): Record<string, unknown> {
  const told = ['denied', 'persona', 'rule'];
  return Object.fromEntries(Object.entries(line).filter(([key]) => told.includes(key)));
}
