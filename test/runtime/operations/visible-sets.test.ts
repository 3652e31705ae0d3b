import { expect, test } from 'vitest';
import { apiPath } from '../../../runtime/operations/operation-set.ts';
import type { Found } from '../../../runtime/operations/operation-set.ts';
import { visibleConnections, visibleSets } from '../../../runtime/operations/visible-sets.ts';
import { decideAccess } from '../../../table/rules/decide-access.ts';
import type { ConnectionAccess } from '../../../table/types.ts';
import { operation, setOf } from '../../support/sample-set.ts';
import { gives, rule } from '../../support/table.ts';

const PATHS = ['/users', '/users/{user}', '/users/{user}/keys', '/files/{name}.json', '/points/{lat},{lon}'];
const OPERATIONS = PATHS.flatMap((path) =>
  ['GET', 'DELETE'].map((method) => operation({ id: `${method} ${path}`, method, path })),
);
const ALL = OPERATIONS.map(({ id }) => id);
const READING = ALL.filter((id) => id.startsWith('GET'));

interface Case {
  readonly what: string;
  readonly allow?: ConnectionAccess['allows'][number]['allow'];
  readonly read_only?: boolean;
  readonly denies?: ConnectionAccess['denies'];
  readonly visible: readonly string[];
}

const CASES: readonly Case[] = [
  { what: 'no rule: all', visible: ALL },
  { what: 'read only', read_only: true, visible: READING },
  { what: 'a method', allow: [rule('allow', ['GET'], [])], visible: READING },
  { what: 'everything below', allow: [rule('allow', ['GET'], ['/v2/**'])], visible: READING },
  {
    what: 'an allow of one value shows the operation',
    allow: [rule('allow', ['GET'], ['/v2/users/u_1'])],
    visible: ['GET /users/{user}'],
  },
  {
    what: 'an allow of some values within a segment',
    allow: [rule('allow', ['GET'], ['/v2/files/report-*', '/v2/points/1,*'])],
    visible: ['GET /files/{name}.json', 'GET /points/{lat},{lon}'],
  },
  {
    what: 'an allow of values that the template does not have',
    allow: [rule('allow', ['GET'], ['/v2/files/*.xml', '/v2/users/', '/users/**'])],
    visible: ['GET /users'],
  },
  {
    what: 'an allow of one value that a deny takes back',
    allow: [rule('allow', [], ['/v2/users/u_1'])],
    denies: [rule('deny', ['DELETE'], ['/v2/users/u_*'])],
    visible: ['GET /users/{user}'],
  },
  {
    what: 'a deny of one value hides nothing',
    denies: [rule('deny', [], ['/v2/users/admin', '/v2/files/secret*'])],
    visible: ALL,
  },
  {
    what: 'a deny of every value hides',
    denies: [rule('deny', [], ['/v2/users/*', '/v2/files/*', '/v2/points/**'])],
    visible: ['GET /users', 'DELETE /users', 'GET /users/{user}/keys', 'DELETE /users/{user}/keys'],
  },
  {
    what: 'an allow that crosses segments on both sides',
    allow: [rule('allow', ['GET'], ['/**/keys'])],
    // A user may be called keys.
    visible: ['GET /users/{user}', 'GET /users/{user}/keys'],
  },
  {
    what: 'braces in a rule are characters like others',
    allow: [rule('allow', ['GET'], ['/v2/users/{user}/keys'])],
    visible: ['GET /users/{user}/keys'],
  },
];

function accessOf({ allow = null, read_only = false, denies = [] }: Case): ConnectionAccess {
  return { connection: 'shop', allows: [gives(allow, read_only)], denies };
}

function searching(): ReturnType<typeof setOf> {
  const hits = OPERATIONS.map((_, index) => ({ index, score: index }));
  return setOf(OPERATIONS, [], {
    search: (_query, _words, only = () => true): Promise<Found> =>
      Promise.resolve({ hits: hits.filter(({ index }) => only(index)), unknown: () => new Map() }),
  });
}

test.each(CASES)('$what', async (given) => {
  const sets = new Map([['shop', [searching()]]]);
  const plan = accessOf(given);
  const [set] = visibleSets(sets, new Map([['shop', { plan }]]), 'shop') ?? [];
  expect(set?.list.ids).toEqual(given.visible);
  expect(set?.count).toBe(given.visible.length);
  expect(set?.list.ids.map((_, index) => set.record(index).id)).toEqual(given.visible);
  const found = await set?.search('x', 'all', (index) => index > 0);
  expect(found?.hits.map(({ index }) => set?.list.ids[index])).toEqual(given.visible.slice(1));
  expect(set?.list.methods).toHaveLength(given.visible.length);
});

test('an operation is hidden only where no path of it is allowed', () => {
  const values = ['admin', 'u_1', 'x', 'secret-1', 'report-7', '{user}'];
  const hidden = CASES.flatMap((given) =>
    OPERATIONS.filter(({ id }) => !given.visible.includes(id)).map((one) => ({
      plan: accessOf(given),
      ...one,
    })),
  );
  expect(hidden.length).toBeGreaterThan(30);
  const usable = hidden.filter(({ plan, method, path }) =>
    values.some((value) => {
      const segments = `/v2${path}`.replace(/\{[^{}]*\}/g, () => value).split('/');
      return decideAccess(plan, method, segments.slice(1)).allowed;
    }),
  );
  expect(usable).toEqual([]);
});

test('a connection that a caller may not use has no operations, and no name', () => {
  const sets = new Map([
    ['shop', [setOf(OPERATIONS)]],
    ['bare', []],
    ['payroll', [setOf(OPERATIONS)]],
  ]);
  const plan = accessOf({ what: '', visible: [] });
  const access = new Map([
    ['shop', { plan }],
    ['bare', { plan }],
    ['gone', { plan }],
  ]);
  expect(visibleConnections(sets, access)).toEqual(['bare', 'shop']);
  expect(visibleSets(sets, access, 'payroll')).toBeNull();
  expect(visibleSets(sets, access, 'gone')).toBeNull();
  expect(visibleSets(sets, access, 'bare')).toEqual([]);
  const [one] = visibleSets(sets, access, 'shop') ?? [];
  expect(one === undefined ? '' : apiPath({ set: one, index: 2 })).toBe('/v2/users/{user}');
});
