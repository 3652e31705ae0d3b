import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { SYSTEM_NETWORK } from '../../runtime/6-forward/network.ts';
import { poolSet } from '../../runtime/6-forward/pool-set.ts';
import { clientTokenSet } from '../../runtime/grants/oauth/client-tokens.ts';
import { buildSnapshot } from '../../runtime/load/build-snapshot.ts';
import { decodeTable } from '../../table/decode.ts';
import { recordsInMemory } from '../../table/records/open-records.ts';
import { encodeTable } from '../../table/encode.ts';
import { workspaceOf } from '../compiler/check.ts';
import { oddCatalog } from './odd-catalogs.ts';
import type { OddCatalog } from './odd-catalogs.ts';
import { odd, oddPath } from './odd-texts.ts';
import { RUNS } from './runs.ts';

/** Every reference finds something that can be sent, and each something else. */
const ENVIRONMENT: Record<string, string> = { K: 'k'.repeat(40), C: 'c', P: 'p' };

/** Gives what serving says to files that the compiler accepts: null where it takes them, or where the compiler refused. */
async function refusedByServing(files: Record<string, string>): Promise<unknown> {
  const { table, records } = await compile(workspaceOf(files), { literalSecrets: 'error' });
  if (table === null) return null;
  try {
    const { bytes, digest } = encodeTable(table);
    const pools = poolSet(SYSTEM_NETWORK);
    const tokens = clientTokenSet({ pools, now: Date.now, timeout_ms: 1, tell: () => {} });
    const parts = {
      environment: ENVIRONMENT,
      pools,
      tokens,
      previous: null,
      openGrants: () => Promise.resolve(null),
      codegen: true,
    };
    const loaded = { table: decodeTable(bytes, digest), digest, close: () => {} };
    const kept = recordsInMemory(table.records, records ?? Buffer.alloc(0));
    const snapshot = await buildSnapshot({ ...loaded, records: kept }, parts);
    for (const route of snapshot.routes.values()) for (const pool of route.pools) void pools.release(pool);
    return null;
  } catch (error) {
    return error;
  }
}

/** Fields of a connection that is otherwise sound. */
const fields = fc.oneof(
  oddPath.map((text) => ({ base_url: `https://a.example.com${text}` })),
  odd.map((text) => ({ base_url: `https://a${text}.example.com:1` })),
  odd.map((text) => ({ auth_mode: 'basic', username: `a${text}`, password: '${env:P}' })),
  odd.map((text) => ({ auth_mode: 'basic', username: `${text}a` })),
  odd.map((text) => ({
    auth_mode: 'api_key',
    api_key_placement: 'query',
    api_key_param: text,
    credential: '${env:C}',
  })),
  odd.map((text) => ({ auth_mode: 'api_key', api_key_header: text, credential: '${env:C}' })),
  fc.tuple(odd, odd).map(([name, text]) => ({ static_headers: { [`X${name}`]: text } })),
  odd.map((text) => ({ variables: { [text]: text }, description: text })),
);
const gateway = fc.oneof(
  odd.map((text) => ({ public_url: `https://gw.example.com/${text}` })),
  odd.map((text) => ({ control_url: `https://${text}` })),
  odd.map((text) => ({ store: `sqlite:${text}` })),
  odd.map((text) => ({ rate_limit: { store: `redis://h${text}` } })),
  fc.double({ min: 0, noNaN: true }).map((rate) => ({ rate_limit: { requests_per_second: rate } })),
  fc.constant({}),
);
const catalog = fc.oneof(
  oddPath.map((text) => ({ descriptions: { d: { document: 'd.json', base_path: text } } })),
  odd.map((text) => ({ auth: { api_key: { in: 'query', name: text, value: `${text}{credential}` } } })),
  odd.map((text) => ({
    auth: { api_key: { in: 'header', name: `X-${text}`, value: `${text}{credential}` } },
  })),
  odd.map((text) => ({ default_headers: { 'X-A': text, [text]: 'a' } })),
  odd.map((text) => ({ versions: { [text]: {} } })),
);
const document = fc.record({
  openapi: fc.constantFrom('3.0.3', '3.1.0', '3.2.0'),
  servers: fc.array(
    fc
      .oneof(
        odd,
        oddPath.map((text) => `https://a.example.com${text}`),
      )
      .map((url) => ({ url })),
    { maxLength: 1 },
  ),
  paths: fc.dictionary(
    oddPath,
    fc.record({ get: fc.record({ operationId: odd, summary: odd, tags: fc.array(odd) }) }),
    { maxKeys: 3 },
  ),
});
const route = fc.record({
  connection: fc.constant('a'),
  paths: fc.array(oddPath),
  action: fc.constant('allow'),
});

interface Odd {
  readonly fields?: object;
  readonly gateway?: object;
  readonly catalog?: object;
  readonly document?: object;
  readonly routes?: readonly object[];
  readonly account?: string;
  readonly language?: OddCatalog;
}

/** One odd thing at a time: two would mostly be refused for the other. */
const one: fc.Arbitrary<Odd> = fc.oneof(
  fc.record({ fields }),
  fc.record({ gateway }),
  fc.record({ catalog }),
  fc.record({ document }),
  fc.record({ routes: fc.array(route, { minLength: 1, maxLength: 2 }) }),
  fc.record({ account: odd }),
  fc.record({ language: oddCatalog }),
);

function filesOf({
  fields: own,
  gateway: section,
  catalog: facts,
  document: described,
  routes,
  account,
  language,
}: Odd) {
  const credential = facts !== undefined && 'auth' in facts ? { credential: '${env:C}' } : {};
  return {
    'gateway.d/a.yaml': JSON.stringify({
      gateway: section ?? {},
      callers: { me: { key: '${env:K}', personas: ['p'], account: `a${account ?? ''}` } },
      personas: { p: { connections: { allow: ['*'] }, routes: routes ?? [] } },
      connections: {
        a: { base_url: 'https://a.example.com', ...own },
        b: { catalog: 'acme', ...credential, ...language?.brings, variables: language?.variables ?? {} },
      },
    }),
    'catalogs/acme/catalog.yaml': JSON.stringify({
      catalog: 'acme',
      base_url: 'https://a.example.com',
      descriptions: { d: { document: 'd.json' } },
      ...facts,
      ...language?.facts,
    }),
    'catalogs/acme/d.json': JSON.stringify(described ?? { openapi: '3.1.0', paths: { '/a': { get: {} } } }),
  };
}

test('what the compiler accepts, serving takes', async () => {
  await fc.assert(
    fc.asyncProperty(one, async (tried) => {
      expect(await refusedByServing(filesOf(tried))).toBeNull();
    }),
    { numRuns: 3 * RUNS },
  );
  // Again for the language of catalogs alone, which is the largest part of what can be written.
  await fc.assert(
    fc.asyncProperty(oddCatalog, async (language) => {
      expect(await refusedByServing(filesOf({ language }))).toBeNull();
    }),
    { numRuns: 3 * RUNS },
  );
  // Thousands of compilations: on a busy machine more than a minute.
}, 300_000);
