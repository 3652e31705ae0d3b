import { request } from 'node:http';
import { expect, test } from 'vitest';
import { controlGateway, KEYS } from '../support/control-gateway.ts';

// The control address answers under its own names: a page whose name was led here (DNS rebinding) gets nothing.

type Row = [title: string, line: string, headers: Record<string, string>, status: number];

const AUTHORIZATION = { authorization: `Bearer ${KEYS.one}` };
const LIST = 'GET /connections';

const ROWS: Row[] = [
  ['where it listens', LIST, { host: '127.0.0.1:PORT' }, 200],
  ['another form of loopback', LIST, { host: 'localhost:PORT' }, 200],
  ['in capitals', LIST, { host: 'LOCALHOST:PORT' }, 200],
  ['IPv6 loopback', LIST, { host: '[::1]:PORT' }, 200],
  ['control_url', LIST, { host: 'connect.gw.example' }, 200],
  ['control_url with its port', LIST, { host: 'connect.gw.example:443' }, 200],
  ['control_url with another port', LIST, { host: 'connect.gw.example:8443' }, 403],
  ['another port', LIST, { host: '127.0.0.1:1' }, 403],
  ['no port', LIST, { host: '127.0.0.1' }, 403],
  ['another name', LIST, { host: 'evil.example:PORT' }, 403],
  ['a name that begins the same', LIST, { host: 'connect.gw.example.evil.example' }, 403],
  ['a trailing dot', LIST, { host: 'localhost.:PORT' }, 403],
  ['nothing', LIST, { host: '' }, 403],
  ['the connect page under another name', 'GET /connect?session_token=x', { host: 'evil.example' }, 403],
  ['a path that is not served, under another name', 'GET /x', { host: 'evil.example' }, 403],
  ['its own origin', LIST, { host: 'localhost:PORT', origin: 'http://localhost:PORT' }, 200],
  ['that of control_url', LIST, { host: 'localhost:PORT', origin: 'https://connect.gw.example' }, 200],
  ['control_url without TLS', LIST, { host: 'localhost:PORT', origin: 'http://connect.gw.example' }, 403],
  ['another origin', LIST, { host: 'localhost:PORT', origin: 'https://evil.example' }, 403],
  ['an opaque origin', LIST, { host: 'localhost:PORT', origin: 'null' }, 403],
  ['an opaque origin, creating', 'POST /connections', { host: 'localhost:PORT', origin: 'null' }, 403],
  ['a form of ours', 'POST /connect', { host: 'localhost:PORT', origin: 'null' }, 404],
  [
    'a form of ours, said so',
    'POST /connect',
    { host: 'localhost:PORT', origin: 'null', 'sec-fetch-site': 'same-origin' },
    404,
  ],
  [
    'a form from elsewhere',
    'POST /connect',
    { host: 'localhost:PORT', origin: 'null', 'sec-fetch-site': 'cross-site' },
    403,
  ],
  [
    'a form from a neighbour',
    'POST /connect',
    { host: 'localhost:PORT', origin: 'null', 'sec-fetch-site': 'same-site' },
    403,
  ],
  [
    'a form from another origin',
    'POST /connect',
    { host: 'localhost:PORT', origin: 'https://evil.example' },
    403,
  ],
  ['health under any name', 'GET /healthz', { host: 'probe.example' }, 200],
  ['readiness under any name', 'GET /readyz', { host: 'probe.example' }, 200],
  ['metrics under any name', 'GET /metrics', { host: 'probe.example', origin: 'https://evil.example' }, 403],
];

function statusOf(port: number, line: string, headers: Record<string, string>): Promise<number | undefined> {
  const [method = '', path = ''] = line.split(' ');
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', method, path, headers, setHost: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    sent.on('error', reject).end();
  });
}

test('Host and Origin', async () => {
  const { controlPort } = await controlGateway(() => 'connections: {}\n', {
    gateway: 'control_url: https://connect.gw.example',
  });
  const found: string[] = [];
  for (const [title, line, headers] of ROWS) {
    const filled = Object.entries(headers).map(([name, value]) => [
      name,
      value.replace('PORT', String(controlPort)),
    ]);
    const status = await statusOf(controlPort, line, { ...AUTHORIZATION, ...Object.fromEntries(filled) });
    found.push(`${title}: ${status}`);
  }
  expect(found).toEqual(ROWS.map(([title, , , status]) => `${title}: ${status}`));
});

test('whoever asks under another name is not told whether a key is right', async () => {
  const { controlPort } = await controlGateway(() => 'connections: {}\n');
  expect(await statusOf(controlPort, LIST, { host: 'evil.example' })).toBe(403);
  expect(await statusOf(controlPort, LIST, { host: `127.0.0.1:${controlPort}` })).toBe(401);
});
