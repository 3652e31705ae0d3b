import { expect, test } from 'vitest';
import { startCatalogs } from '../support/catalog-gateway.ts';
import type { CatalogGateway } from '../support/catalog-gateway.ts';
import { arrivalOf, catalogRows, filled } from '../support/catalog-rows.ts';
import type { CatalogRow } from '../support/catalog-rows.ts';
import { sendRaw } from '../support/raw-caller.ts';
import type { RawRequest } from '../support/raw-upstream.ts';
import { shippedCatalogs } from '../support/shipped-catalogs.ts';
import { codeOf } from '../support/sides.ts';
import { GATEWAY_KEY } from '../support/yaml-gateway.ts';

const ROWS = catalogRows();

/** Is played by test/e2e/demo.test.ts: its upstream is on this machine, without TLS. */
const WITHOUT_ROW = ['sample'];

/** How a row calls what a catalog offers: a token of OAuth 2 that was obtained elsewhere goes as a bearer token. */
const AUTH_MODE: Readonly<Record<string, string>> = { oauth2: 'bearer' };

test('every way to authenticate of every catalog has a row, and every row a catalog', () => {
  const offered = shippedCatalogs()
    .filter(({ name }) => !WITHOUT_ROW.includes(name))
    .flatMap(({ name, ways }) => ways.map((way) => `${name} ${AUTH_MODE[way] ?? way}`));
  expect(new Set(ROWS.map(({ catalog }) => catalog)).size).toBe(137);
  expect([...new Set(ROWS.map(({ catalog, authMode }) => `${catalog} ${authMode}`))].toSorted()).toEqual(
    offered.toSorted(),
  );
});

test('rows that name a connection agree on it', () => {
  const written = new Set(
    ROWS.map((row) => [row.connection, row.catalog, row.authMode, ...Object.entries(row.variables)].join()),
  );
  expect(written.size).toBe(new Set(ROWS.map(({ connection }) => connection)).size);
});

test('what a caller sends to each connection arrives at the vendor as expected.tsv has it', async () => {
  const sides = await startCatalogs(ROWS);
  const seen: string[] = [];
  for (const row of ROWS) seen.push(await sent(row, sides));
  expect(seen).toEqual(ROWS.map(expected));
  expect(sides.upstream.received()).not.toContain(GATEWAY_KEY);
});

/** Sends what a row says; gives what arrived, or the problem. */
async function sent(row: CatalogRow, { gateway, upstream }: CatalogGateway): Promise<string> {
  const before = upstream.requests.length;
  const { bytes, statuses } = await sendRaw(gateway.port, requestOf(row));
  const arrived = upstream.requests.slice(before);
  return arrived.length === 0 ? `${statuses.join()} ${codeOf(bytes)}` : arrived.map(shown).join('\n');
}

/** The bytes that the caller sends: with a method that may change something, a body. */
function requestOf({ method, target, field }: CatalogRow): string {
  const framing = bodyFields(method);
  const fields = ['Host: gateway.example', `Authorization: Bearer ${GATEWAY_KEY}`, field, ...framing];
  return [`${method} ${target} HTTP/1.1`, ...fields.filter((one) => one !== ''), '', bodyOf(method)].join(
    '\r\n',
  );
}

function bodyOf(method: string): string {
  return method === 'GET' ? '' : '{}';
}

function bodyFields(method: string): string[] {
  return method === 'GET' ? [] : ['content-type: application/json', 'content-length: 2'];
}

/** Gives a request line by line: the order of fields of different names means nothing (RFC 9110 5.3), nor does the case of names. */
function shown({ head, body, serverName }: RawRequest): string {
  const [line = '', ...fields] = head.trimEnd().split('\r\n');
  const named = fields.map((field) => field.replace(/^[^:]*/, (name) => name.toLowerCase()));
  return [line, `server name: ${serverName}`, ...named.toSorted(), body].join('\n');
}

/** Gives what `sent` must give for a row. */
function expected(row: CatalogRow): string {
  const arrival = arrivalOf(row);
  if (arrival === null) return row.arrives;
  const { host, target } = arrival;
  const fields = [
    `host: ${host}`,
    'connection: keep-alive',
    ...row.fields.map((field) => filled(field, row)),
    ...bodyFields(row.method),
  ];
  return [
    `${row.method} ${target} HTTP/1.1`,
    `server name: ${host.replace(/:\d+$/, '')}`,
    ...fields.toSorted(),
    bodyOf(row.method),
  ].join('\n');
}
