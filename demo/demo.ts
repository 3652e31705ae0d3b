import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sampleApi } from './sample-api.ts';
import type { SeenRequest } from './sample-api.ts';

// The demo does what a person would: it runs the built `gw` on the gateway.d/ and catalogs/ of this
// repository, with a real upstream beside it, and sends a request through.

const ROOT = rootFolder(dirname(fileURLToPath(import.meta.url)));
const GW = join(ROOT, 'dist', 'cli', 'gw.js');
/** Where catalogs/sample says that its API is. */
const SAMPLE_PORT = 4010;

const once_ = process.argv.includes('--once');
const work = mkdtempSync(join(tmpdir(), 'gw-demo-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

void demo();

async function demo(): Promise<void> {
  const vendorKey = `sample_${randomBytes(12).toString('hex')}`;
  const callerKey = `gw_${randomBytes(32).toString('base64url')}`;
  const seen: SeenRequest[] = [];
  const upstream = sampleApi(vendorKey, (request) => seen.push(request));
  const upstreamPort = await listenNear(upstream, SAMPLE_PORT);
  say(`1. A sample API listens on 127.0.0.1:${upstreamPort}. It wants the key ${vendorKey}.`);

  const table = join(work, 'table');
  say('2. gw compile: gateway.d/ and catalogs/ become a route table.');
  compile(folderFor(upstreamPort), table);

  const gateway = await startGateway(table, { GW_DEMO_KEY: callerKey, SAMPLE_API_KEY: vendorKey });
  say(`3. gw serve listens on ${gateway.base}.`);

  say('4. A caller asks for GET /library/books?limit=1 with its own key. It never sees the other one.\n');
  const response = await get(`${gateway.base}/library/books?limit=1`, callerKey);
  show('   What the upstream saw:', seen[0]?.line ?? 'nothing', pairs(seen[0]?.headers ?? []));
  show('   What came back:', `HTTP/1.1 ${response.status}`, [
    ...pairs(response.headers),
    '',
    response.body.trim(),
  ]);
  process.exitCode = response.status === 200 && seen.length === 1 ? 0 : 1;

  if (!once_) {
    tellWhatToTry(gateway.base, callerKey);
    await once(process, 'SIGINT');
  }
  gateway.child.kill('SIGTERM');
  await gateway.ended;
  upstream.closeAllConnections();
  upstream.close();
}

/** Gives this repository; a copy with the other port where the sample API's own is taken. */
function folderFor(port: number): string {
  if (port === SAMPLE_PORT) return ROOT;
  for (const folder of ['gateway.d', 'catalogs/sample'])
    cpSync(join(ROOT, folder), join(work, folder), { recursive: true });
  const catalog = join(work, 'catalogs/sample/catalog.yaml');
  writeFileSync(catalog, readFileSync(catalog, 'utf8').replace(`:${SAMPLE_PORT}/`, `:${port}/`));
  return work;
}

function compile(dir: string, out: string): void {
  const run = spawnSync(process.execPath, [GW, 'compile', '--dir', dir, '--out', out], { encoding: 'utf8' });
  process.stdout.write(indent(run.stderr + run.stdout));
  if (run.status !== 0) process.exit(1);
}

interface Gateway {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  readonly base: string;
}

/** Starts `gw serve`, on its declared address if that is free, and waits for the log line that says where it listens. */
async function startGateway(table: string, environment: Record<string, string>): Promise<Gateway> {
  const listen =
    (await isFree(8080)) && (await isFree(8081))
      ? []
      : ['--listen', '127.0.0.1:0', '--control', '127.0.0.1:0'];
  const child = spawn(process.execPath, [GW, 'serve', '--table', table, ...listen], {
    env: { ...process.env, ...environment },
    // What it keeps goes with it.
    cwd: work,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Ctrl-C reaches it too: it may have ended before anybody asks.
  const ended = once(child, 'exit');
  process.on('exit', () => child.kill());
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const entry = JSON.parse(line) as { msg: string; address?: AddressInfo };
    if (entry.msg !== 'serving' || entry.address === undefined) continue;
    // What follows is the access log: one line for each exchange.
    if (!once_) child.stdout.on('data', (chunk: Buffer) => process.stdout.write(chunk));
    child.stdout.resume();
    return { child, ended, base: `http://127.0.0.1:${entry.address.port}` };
  }
  throw new Error('gw serve ended before it listened');
}

interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

async function get(url: string, key: string): Promise<Answer> {
  const request = httpRequest(url, {
    headers: { Authorization: `Bearer ${key}`, Accept: 'application/json' },
  });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, headers: response.rawHeaders, body };
}

function tellWhatToTry(base: string, key: string): void {
  say('Try it (Ctrl-C ends the demo):\n');
  const auth = `-H "Authorization: Bearer ${key}"`;
  for (const line of [
    `curl ${auth} ${base}/library/books`,
    `curl ${auth} -H "Content-Type: application/json" -d '{"title":"Fog Signals"}' ${base}/library/books`,
    `curl -N ${auth} ${base}/library/news        # server-sent events: add a book in another terminal`,
    `curl -i ${auth} -X DELETE ${base}/library/books/1   # the persona says no: 403`,
    `curl -i ${base}/library/books               # no key: 401`,
  ]) {
    say(`  ${line}`);
  }
  say('');
}

function show(title: string, first: string, lines: readonly string[]): void {
  say(title);
  for (const line of [first, ...lines]) say(`     ${line}`);
  say('');
}

function pairs(flat: readonly string[]): string[] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${flat[at + 1]}`] : []));
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '   ');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function listenNear(server: Server, port: number): Promise<number> {
  server.listen((await isFree(port)) ? port : 0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** The nearest folder upwards that has the catalogs: the repository, from the sources and from dist/. */
function rootFolder(from: string): string {
  return existsSync(join(from, 'catalogs')) ? from : rootFolder(dirname(from));
}
