import { expect, test } from 'vitest';
import { FetchFailed } from '../../../runtime/6-forward/fetch-whole.ts';
import type { WholeAnswer } from '../../../runtime/6-forward/fetch-whole.ts';
import { lookUp, toldVariables } from '../../../runtime/grants/oauth/variables.ts';
import type { LookedUp } from '../../../runtime/grants/oauth/variables.ts';
import { readPointer } from '../../../table/rules/json-pointer.ts';
import type { Lookup, Variable } from '../../../table/types.ts';
import { NOW } from '../../support/token-client.ts';

function variable(source: Variable['source'], more: Partial<Variable> = {}): Variable {
  return {
    name: 'v',
    doc: null,
    value: null,
    source,
    default: null,
    optional: false,
    pattern: null,
    values: [],
    ...more,
  };
}

const ANSWER = {
  instance_url: 'https://acme.my.sales.example',
  id: 17,
  yes: true,
  list: [{ 'a/b': 'x' }],
  nested: { host: 'www.wrk.example', line: 'a\n' },
  empty: '',
};
const PARAMETERS = new Map([['accounts-server', 'https://accounts.zo.eu']]);

const answered = (pointer: string, match: string | null = null): Variable['source'] => ({
  kind: 'token_response',
  pointer,
  match,
});
const brought = (match: string | null): Variable['source'] => ({
  kind: 'callback',
  parameter: 'accounts-server',
  match,
});

const TOLD: [title: string, variable: Variable, expected: string][] = [
  ['a text', variable(answered('/nested/host')), 'v=www.wrk.example'],
  ['a number', variable(answered('/id')), 'v=17'],
  ['true', variable(answered('/yes')), 'v=true'],
  ['an element, its name escaped', variable(answered('/list/0/a~1b')), 'v=x'],
  ['a part', variable(answered('/instance_url', 'https://(.+)\\.sales\\.example')), 'v=acme.my'],
  ['a part of a parameter', variable(brought('https://accounts\\.zo\\.(.+)')), 'v=eu'],
  ['a parameter', variable(brought(null)), 'v=https://accounts.zo.eu'],
  ['no match', variable(answered('/instance_url', 'http://(.+)')), 'variable_unfit'],
  ['a match with more behind it', variable(answered('/nested/line', '(a)')), 'variable_unfit'],
  ['a pattern', variable(answered('/id'), { pattern: '[0-9]+' }), 'v=17'],
  ['not the pattern', variable(answered('/id'), { pattern: '[a-z]+' }), 'variable_unfit'],
  [
    'a pattern that the engine does not run',
    variable(answered('/id'), { pattern: '(?=1)17' }),
    'variable_unfit',
  ],
  ['one of the values', variable(answered('/id'), { values: ['17'] }), 'v=17'],
  ['none of the values', variable(answered('/id'), { values: ['18'] }), 'variable_unfit'],
  ['nothing', variable(answered('/none')), 'variable_missing'],
  ['an object', variable(answered('/nested')), 'variable_missing'],
  ['empty', variable(answered('/empty')), 'variable_missing'],
  ['a name of the prototype', variable(answered('/constructor')), 'variable_missing'],
  ['nothing, with a default', variable(answered('/none'), { default: 'd' }), 'v=d'],
  ['nothing, and not needed', variable(answered('/none'), { optional: true }), ''],
  ['one that is written', variable({ kind: 'connection' }), ''],
];

test.each(TOLD)('told: %s', async (_title, one, expected) => {
  const { values, faults } = await toldVariables([one], { answer: ANSWER, parameters: PARAMETERS });
  const told = [...values].map(([name, value]) => `${name}=${value}`);
  expect([...told, ...faults.map(({ reason }) => reason)].join()).toBe(expected);
});

const LIST: Lookup = { url: 'https://api.example/sites', pointer: '/id', list: '', title: '/name' };
const ONE: Lookup = { ...LIST, pointer: '/dc', list: null, title: null };
const at = (lookup: Lookup, more: Partial<Variable> = {}): Variable =>
  variable({ kind: 'lookup', lookup, match: null }, more);

const LOOKED_UP: [
  title: string,
  variable: Variable,
  answer: [number, unknown],
  expected: LookedUp | object,
][] = [
  ['one value', at(ONE), [200, { dc: 'us6' }], { kind: 'value', value: 'us6' }],
  ['no value', at(ONE), [200, {}], { kind: 'fault', reason: 'variable_missing' }],
  ['no value, not needed', at(ONE, { optional: true }), [200, {}], { kind: 'absent' }],
  [
    'a value that is unfit',
    at(ONE, { pattern: 'a+' }),
    [200, { dc: 'b' }],
    { kind: 'fault', reason: 'variable_unfit' },
  ],
  ['a list of one', at(LIST), [200, [{ id: 'x', name: 'X' }]], { kind: 'value', value: 'x' }],
  [
    'a list of several',
    at(LIST),
    [200, [{ id: 'x', name: 'X' }, { id: 2 }, { id: 'x', name: 'again' }, { no: 1 }, 'odd']],
    {
      kind: 'choose',
      candidates: [
        { value: 'x', title: 'X' },
        { value: '2', title: '2' },
      ],
    },
  ],
  [
    'only what fits can be chosen',
    at(LIST, { pattern: '[a-z]' }),
    [200, [{ id: 'x' }, { id: '../..' }]],
    { kind: 'value', value: 'x' },
  ],
  ['an empty list', at(LIST), [200, []], { kind: 'fault', reason: 'variable_missing' }],
  ['no list', at(LIST), [200, { id: 'x' }], { kind: 'transient', reason: 'answer_incomplete' }],
  ['401', at(ONE), [401, {}], { kind: 'transient', reason: 'request_refused' }],
  ['500', at(ONE), [500, {}], { kind: 'transient', reason: 'server_failed' }],
  ['302', at(ONE), [302, {}], { kind: 'transient', reason: 'redirected' }],
  ['no JSON', at(ONE), [200, undefined], { kind: 'transient', reason: 'answer_malformed' }],
];

test.each(LOOKED_UP)('looked up: %s', async (_title, one, [status, content], expected) => {
  const asked: string[] = [];
  const found = await lookUp(one, NOW, (url) => {
    asked.push(url);
    const body = Buffer.from(JSON.stringify(content) ?? '<html>');
    return Promise.resolve<WholeAnswer>({ status, header: () => null, body });
  });
  expect(found).toMatchObject(expected);
  expect(asked).toEqual(['https://api.example/sites']);
});

test('looked up where nobody answers', async () => {
  const found = lookUp(at(ONE), NOW, () => Promise.reject(new FetchFailed('timed_out')));
  expect(await found).toMatchObject({ kind: 'transient', reason: 'timed_out' });
  await expect(lookUp(at(ONE), NOW, () => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours');
  await expect(
    lookUp(variable({ kind: 'connection' }), NOW, () => Promise.reject(new Error('x'))),
  ).rejects.toThrow('is not looked up');
});

/** RFC 6901 5, and what leads nowhere. */
const DOCUMENT = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'e^f': 3, 'm~n': 8, '~1': 9, n: null };
const POINTERS: [pointer: string, value: unknown][] = [
  ['', DOCUMENT],
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/foo/1', 'baz'],
  ['/', 0],
  ['/a~1b', 1],
  ['/c%d', 2],
  ['/e^f', 3],
  ['/m~0n', 8],
  ['/~01', 9],
  ['/n', null],
  ['/n/x', undefined],
  ['/foo/2', undefined],
  ['/foo/01', undefined],
  ['/foo/-', undefined],
  ['/foo/length', undefined],
  ['/toString', undefined],
  ['/__proto__', undefined],
  ['foo', undefined],
  ['/~2', undefined],
];

test.each(POINTERS)('the pointer %j', (pointer, value) => {
  expect(readPointer(DOCUMENT, pointer)).toEqual(value);
});
