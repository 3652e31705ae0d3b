import { expect, test } from 'vitest';
import { startCatalogs } from '../support/catalog-gateway.ts';
import type { CatalogGateway, CatalogGatewayOptions } from '../support/catalog-gateway.ts';
import {
  arrivalOf,
  beginningsOf,
  catalogRows,
  connectionsOf,
  rowOfConnection,
} from '../support/catalog-rows.ts';
import { told } from '../support/planted.ts';
import { sendRaw } from '../support/raw-caller.ts';
import type { RawRequest } from '../support/raw-upstream.ts';
import { seenRequest } from '../support/seen-request.ts';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';

const ROWS = catalogRows();
const SECRETS = connectionsOf(ROWS).environment;
const BEGINNINGS = beginningsOf(SECRETS);

test('the search finds each secret by its beginning', () => {
  expect(Object.keys(BEGINNINGS).toSorted()).toEqual([
    'plant-credential-of-',
    'plant-developer_token-of-',
    'plant-oauth1_client_id-of-',
    'plant-oauth1_client_secret-of-',
    'plant-password-of-',
    'plant-username-of-',
  ]);
  for (const code of ['utf8', 'base64', 'base64url', 'hex'] as const) {
    const unfound = Object.values(SECRETS).filter(
      (value) => told(Buffer.from(`user:${value}`).toString(code), BEGINNINGS).length === 0,
    );
    expect(unfound).toEqual([]);
  }
});

/** Calls every row; gives everything that the gateway said: answers and log. */
async function said({ gateway }: CatalogGateway): Promise<{ answers: string[]; log: string }> {
  const answers = await Promise.all(
    ROWS.map(async ({ method, target }) => {
      const fields = ['Host: gw', `X-API-Key: ${GATEWAY_KEY}`, 'Content-Length: 0'];
      const head = [`${method} ${target} HTTP/1.1`, ...fields, '', ''].join('\r\n');
      return (await sendRaw(gateway.port, head)).bytes;
    }),
  );
  return { answers, log: gateway.log.join('\n') };
}

/** An answer whose head tells all that the request held. */
function tellingAll(request: RawRequest): string {
  const seen = seenRequest(request);
  const [, target = ''] = seen.line.split(' ');
  return [
    'HTTP/1.1 401 Unauthorized',
    `Location: https://${seen.field('Host').join()}${target}`,
    `Link: <https://elsewhere.example${target}>; rel=next`,
    `WWW-Authenticate: Bearer error="${seen.field('Authorization').join()}"`,
    `X-Request: ${request.head.replaceAll('\r\n', ' | ')}`,
    `X-Encoded: ${encodeURIComponent(request.head)}`,
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}

/** What each connection whose credential is declared then answers; without a grant, others have none to use (400). */
const WAYS: Record<string, { readonly options: CatalogGatewayOptions; readonly status: number }> = {
  'vendors that tell all they saw in their heads': { options: { answer: tellingAll }, status: 401 },
  'vendors that cut the socket': { options: { answer: ({ socket }) => socket.destroy() }, status: 502 },
  'names that nobody knows': {
    options: {
      network: { resolve: () => Promise.reject(new Error('no such name')), connectTo: () => null },
    },
    status: 502,
  },
};

test.each(Object.entries(WAYS))('%s: no secret of any catalog is told', async (_name, way) => {
  const { answers, log } = await said(await startCatalogs(ROWS, way.options));
  const statuses = answers.map((answer) => Number(answer.slice(9, 12)));
  const wanted = ROWS.map((row) => (arrivalOf(row) === null ? 400 : way.status));
  expect(statuses).toEqual(wanted);
  expect(log.split('\n').filter((line) => line.includes('"msg":"exchange"'))).toHaveLength(ROWS.length);
  // Not because nothing came back.
  const redacted = answers.filter((answer) => answer.includes('[redacted]'));
  expect(redacted).toHaveLength(
    way.options.answer === tellingAll ? statuses.filter((one) => one === 401).length : 0,
  );
  expect(told([...answers, log].join('\n'), { ...BEGINNINGS, GATEWAY_KEY })).toEqual([]);
});

test('secrets that cannot be sent stop the start, and are not told', async () => {
  const { connections } = connectionsOf(ROWS);
  const unfit = Object.fromEntries(
    Object.entries(SECRETS).map(([name, value]) => [name, `${value}\r\nX: y`]),
  );
  const error: unknown = await startFromYaml(JSON.stringify({ connections }), unfit).catch(
    (thrown: unknown) => thrown,
  );
  expect(String(error)).toMatch(/^LoadError: .*connection active-campaign/s);
  expect(told(String(error), BEGINNINGS)).toEqual([]);
});

/** Every character with a meaning somewhere between here and there; a user name has no colon (RFC 7617 2). */
const KEY = 'k:1+/=% &?#"\\;,~k';
const USER = 'u+/=% &?#"\\;,~u';
/** A segment of a path cannot hold a slash, in whatever form: servers take `%2F` for one. */
const SEGMENT = 'k+=% &?#";,~k';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface Placed {
  /** One of expected.tsv. */
  readonly connection: string;
  /** In place of its secrets: the user name, and every other. */
  readonly username?: string;
  readonly credential: string;
  /** Behind the connection. */
  readonly target: string;
  readonly arrives?: string;
  readonly fields?: readonly string[];
}

const PLACED: readonly Placed[] = [
  { connection: 'airtable', credential: KEY, target: '/v0', fields: [`Authorization: Bearer ${KEY}`] },
  { connection: 'callrail', credential: KEY, target: '/v3', fields: [`Authorization: Token token=${KEY}`] },
  { connection: 'manus', credential: KEY, target: '/v1', fields: [`API_KEY: ${KEY}`] },
  { connection: 'podio', credential: KEY, target: '/', fields: [`Authorization: OAuth2 ${KEY}`] },
  {
    connection: 'chargebee',
    credential: USER,
    target: '/api',
    fields: [`Authorization: Basic ${base64(`${USER}:`)}`],
  },
  {
    connection: 'lemlist',
    credential: KEY,
    target: '/api',
    fields: [`Authorization: Basic ${base64(`:${KEY}`)}`],
  },
  {
    connection: 'clicksend',
    username: USER,
    credential: KEY,
    target: '/v3',
    fields: [`Authorization: Basic ${base64(`${USER}:${KEY}`)}`],
  },
  {
    connection: 'telegram',
    credential: '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw',
    target: '/:token/getMe',
    arrives: '/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/getMe',
  },
  {
    connection: 'telegram',
    credential: SEGMENT,
    target: '/file/:token/a?b=:token',
    arrives: '/file/botk+=%25%20&%3F%23%22;,~k/a?b=:token',
  },
  {
    connection: 'twilio',
    username: SEGMENT,
    credential: KEY,
    target: '/Accounts/:AccountSid/Calls.json',
    arrives: '/Accounts/k+=%25%20&%3F%23%22;,~k/Calls.json',
    fields: [`Authorization: Basic ${base64(`${SEGMENT}:${KEY}`)}`],
  },
];

test.each(PLACED)('$connection, $target: a credential with every character', async (placed) => {
  const { connection, target, arrives = target, fields = [] } = placed;
  const row = rowOfConnection(connection);
  const { gateway, upstream } = await startCatalogs([row], { environment: environmentOf(placed) });
  const head = [`GET /${connection}${target} HTTP/1.1`, 'Host: gw', `X-API-Key: ${GATEWAY_KEY}`, '', ''];
  expect((await sendRaw(gateway.port, head.join('\r\n'))).statuses).toEqual([200]);
  const { host } = arrivalOf(row) ?? {};
  expect(upstream.requests.map((request) => request.head.trimEnd().split('\r\n'))).toEqual([
    [`GET ${arrives} HTTP/1.1`, `host: ${host}`, 'connection: keep-alive', ...fields],
  ]);
});

/** Gives the environment of a connection with these secrets. */
function environmentOf({ connection, username, credential }: Placed): Record<string, string> {
  const names = Object.keys(connectionsOf([rowOfConnection(connection)]).environment);
  return Object.fromEntries(
    names.map((name) => [name, name.endsWith('_USERNAME') ? (username ?? credential) : credential]),
  );
}

test.each([
  ['chargebee', KEY, 'a basic username cannot have a colon (RFC 7617)'],
  ['telegram', '1/../2', 'the value cannot be a segment of a path'],
  ['telegram', '1\\2', 'the value cannot be a segment of a path'],
  ['twilio', 'AC/1', 'the value for :AccountSid in the path cannot be a segment of it'],
])('%s: the credential %j stops the start', async (connection, credential, why) => {
  const environment = environmentOf({ connection, credential, target: '' });
  const started = startCatalogs([rowOfConnection(connection)], { environment });
  await expect(started).rejects.toThrow(`connection ${connection}: ${why} (gateway.d/20-connections.yaml:1:`);
});
