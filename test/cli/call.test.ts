import { spawn } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folderOf } from '../support/folder.ts';
import { GW, gw } from '../support/gw-process.ts';
import type { RunOptions } from '../support/run-program.ts';
import { standIn } from '../support/stand-in.ts';

const KEY = 'gw_call_0123456789abcdefghijklmnopqrstuvwx';

interface Case {
  readonly parameters: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly line: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly absent?: readonly string[];
  readonly body?: string;
}

const FILES = { 'order.json': '{"from":"a file"}\n' };

const SENT: Record<string, Case> = {
  'GET puts fields into the query, behind what is there': {
    parameters: ['get', '/vendor/list?page=2', '-f', 'q=a&b', '-f', 'empty='],
    line: 'GET /vendor/list?page=2&q=a%26b&empty=',
    absent: ['content-length', 'transfer-encoding'],
  },
  'POST makes JSON of fields': {
    parameters: ['POST', '/vendor/orders', '-f', 'name=Ünicode', '-f', 'note=a=b'],
    line: 'POST /vendor/orders',
    headers: { 'content-type': 'application/json', 'content-length': '32' },
    body: '{"name":"Ünicode","note":"a=b"}',
  },
  'a Content-Type of the person stands': {
    parameters: ['POST', '/vendor/orders', '-f', 'a=b', '-H', 'content-type: application/merge-patch+json'],
    line: 'POST /vendor/orders',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: '{"a":"b"}',
  },
  'headers are added': {
    parameters: ['GET', '/vendor', '-H', 'X-One: 1', '-H', 'X-Two:  with: colon '],
    line: 'GET /vendor',
    headers: { 'x-one': '1', 'x-two': 'with: colon' },
  },
  '--input FILE is sent as it is, by its length': {
    parameters: ['PUT', '/vendor/orders/1', '--input', 'order.json'],
    line: 'PUT /vendor/orders/1',
    headers: { 'content-length': '18' },
    absent: ['transfer-encoding'],
    body: FILES['order.json'],
  },
  '--input - sends standard input in chunks': {
    parameters: ['DELETE', '/vendor/orders', '--input', '-'],
    input: 'from standard input',
    line: 'DELETE /vendor/orders',
    headers: { 'transfer-encoding': 'chunked' },
    body: 'from standard input',
  },
  'MATON_API_KEY stands in for GW_KEY': {
    parameters: ['GET', '/vendor'],
    env: { MATON_API_KEY: KEY },
    line: 'GET /vendor',
  },
  'GW_KEY comes first': {
    parameters: ['GET', '/vendor'],
    env: { GW_KEY: KEY, MATON_API_KEY: 'another' },
    line: 'GET /vendor',
  },
};

test.each(Object.entries(SENT))('%s', async (_name, one) => {
  const gateway = await standIn((_request, response) => response.end('done'));
  const ran = await gw(['call', ...one.parameters], {
    cwd: folderOf(FILES),
    env: { GW_URL: gateway.url, ...(one.env ?? { GW_KEY: KEY }) },
    ...(one.input === undefined ? {} : { input: one.input }),
  });
  expect(ran).toEqual({ code: 0, stdout: 'done', stderr: '' });
  expect(gateway.seen).toHaveLength(1);
  const [seen] = gateway.seen;
  expect(seen?.line).toBe(one.line);
  expect(seen?.headers).toMatchObject({ authorization: `Bearer ${KEY}`, ...one.headers });
  for (const name of one.absent ?? []) expect(seen?.headers).not.toHaveProperty(name);
  expect(seen?.body).toBe(one.body ?? '');
});

const STATUSES: [status: number, code: number][] = [
  [200, 0],
  [204, 0],
  [302, 0],
  [404, 4],
  [429, 4],
  [503, 5],
];

test.each(STATUSES)('status %i is exit code %i', async (status, code) => {
  const gateway = await standIn((_request, response) => response.writeHead(status).end());
  const ran = await call(['GET', '/vendor'], gateway.url);
  expect(ran.code).toBe(code);
});

test('-i prints the status and the headers first, as they came', async () => {
  const gateway = await standIn((_request, response) => {
    response.sendDate = false;
    response.writeHead(404, 'Not Here', [
      'X-One',
      '1',
      'x-one',
      '2',
      'Content-Length',
      '4',
      'Connection',
      'close',
    ]);
    response.end('gone');
  });
  const ran = await call(['GET', '/vendor', '-i'], gateway.url);
  expect(ran).toEqual({
    code: 4,
    stdout: 'HTTP/1.1 404 Not Here\nX-One: 1\nx-one: 2\nContent-Length: 4\nConnection: close\n\ngone',
    stderr: '',
  });
});

test('an answer that the gateway made itself is named on standard error', async () => {
  const gateway = await standIn((_request, response) =>
    response.writeHead(404, { 'Gateway-Error': 'route_unknown' }).end('{}'),
  );
  const ran = await call(['GET', '/nowhere'], gateway.url);
  expect(ran).toEqual({
    code: 4,
    stdout: '{}',
    stderr: 'gw call: the gateway answered itself: route_unknown (docs/problems.md)\n',
  });
});

test('an answer is printed chunk by chunk, as it comes', async () => {
  let open: ServerResponse | undefined;
  const gateway = await standIn((_request, response) => {
    open = response;
    response.write('first\n');
  });
  const child = spawn(process.execPath, [GW, 'call', 'GET', '/vendor/events'], {
    env: { GW_KEY: KEY, GW_URL: gateway.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdout.setEncoding('utf8');
  // The second chunk is sent only when the first has been printed.
  expect(await once(child.stdout, 'data')).toEqual(['first\n']);
  open?.end('second\n');
  expect(await once(child.stdout, 'data')).toEqual(['second\n']);
  expect(await once(child, 'close')).toEqual([0, null]);
});

test('whoever reads may stop reading: gw call … | head', async () => {
  const gateway = await standIn((_request, response) => response.end('line\n'.repeat(1_000_000)));
  const child = spawn(process.execPath, [GW, 'call', 'GET', '/vendor'], {
    env: { GW_KEY: KEY, GW_URL: gateway.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  expect(await ended).toEqual([0, null]);
  expect(stderr).toBe('');
});

test('an answer that is cut off is exit code 2', async () => {
  const gateway = await standIn((_request, response) => {
    response.writeHead(200, { 'Content-Length': 100 });
    response.write('half', () => response.destroy());
  });
  const ran = await call(['GET', '/vendor'], gateway.url);
  expect(ran).toEqual({ code: 2, stdout: 'half', stderr: 'gw: the answer was cut off (ECONNRESET)\n' });
});

interface Wrong {
  readonly parameters: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stderr: RegExp;
}

const WRONG: Record<string, Wrong> = {
  'no key': { parameters: ['GET', '/vendor'], env: {}, stderr: /^gw: set GW_KEY to your gateway key\n$/ },
  'an empty key': {
    parameters: ['GET', '/vendor'],
    env: { GW_KEY: '' },
    stderr: /^gw: set GW_KEY to your gateway key\n$/,
  },
  'a path without a slash': {
    parameters: ['GET', 'vendor'],
    stderr: /^gw: the path begins with \/\{connection\}\n$/,
  },
  'a path with a space': { parameters: ['GET', '/ven dor'], stderr: /^gw: the request cannot be written: / },
  'a method that is none': { parameters: ['G{T', '/vendor'], stderr: /^gw: the request cannot be written: / },
  'a header name that is none': {
    parameters: ['GET', '/vendor', '-H', 'X One: 1'],
    stderr: /^gw: the request cannot be written: /,
  },
  'a header without a colon': {
    parameters: ['GET', '/vendor', '-H', 'X-One'],
    stderr: /^gw: --header takes name:value, not "X-One"\n$/,
  },
  'a field without =': {
    parameters: ['GET', '/vendor', '-f', 'name'],
    stderr: /^gw: --field takes key=value, not "name"\n$/,
  },
  'a file that is not there': {
    parameters: ['PUT', '/vendor', '--input', 'nothing.json'],
    stderr: /^gw: --input nothing\.json cannot be read \(ENOENT\)\n$/,
  },
  'a folder as the file': {
    parameters: ['PUT', '/vendor', '--input', '.'],
    stderr: /^gw: --input takes a file, and \. is a folder\n$/,
  },
  'both --input and --field': {
    parameters: ['PUT', '/vendor', '--input', '-', '-f', 'a=b'],
    stderr: /^gw: pass --input or --field, not both\n$/,
  },
  'a URL that is none': {
    parameters: ['GET', '/vendor', '--url', 'ftp://x'],
    stderr: /^gw: --url takes an http or https URL\n$/,
  },
};

test.each(Object.entries(WRONG))('exit code 2, and nothing is sent: %s', async (_name, one) => {
  const gateway = await standIn((_request, response) => response.end());
  const ran = await gw(['call', ...one.parameters], {
    cwd: folderOf(),
    env: { GW_URL: gateway.url, ...(one.env ?? { GW_KEY: KEY }) },
  });
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toMatch(one.stderr);
  expect(gateway.seen).toEqual([]);
});

test('nobody listens: exit code 2', async () => {
  const closed = await standIn(() => {});
  await closed.close();
  const ran = await call(['GET', '/vendor'], closed.url);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/^gw: no answer from http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/);
  const withFile = await gw(['call', 'PUT', '/vendor', '--input', join(folderOf(FILES), 'order.json')], {
    env: { GW_URL: closed.url, GW_KEY: KEY },
  });
  expect(withFile.code).toBe(2);
  expect(withFile.stderr).toMatch(/^gw: no answer from /);
});

function call(parameters: readonly string[], url: string, options: RunOptions = {}): ReturnType<typeof gw> {
  return gw(['call', ...parameters], { ...options, env: { GW_KEY: KEY, GW_URL: url } });
}
