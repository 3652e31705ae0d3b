import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'undici';
import { findDocument } from '../compile/documents.ts';
import type { Places } from '../compile/documents.ts';
import { workspaceFor } from '../compile/rivals.ts';
import { CALLER_KEY, servingPort, spawnGateway } from '../gateway.ts';
import { quantile } from '../measure.ts';
import { cpuTime_us, end } from '../processes.ts';
import { LISTINGS } from './listings.ts';
import type { Listing } from './listings.ts';

// How long `api_list_endpoints` takes with the 11,422 operations of Microsoft Graph: see README.md.

const BENCH = join(import.meta.dirname, '..');
const ROOT = join(BENCH, '..');
const GOAL_P99_MS = 20;
const KEYS: Readonly<Record<Listing['caller'], string>> = {
  open: CALLER_KEY,
  ruled: `${CALLER_KEY.slice(0, -4)}_rul`,
};

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    packages: { type: 'string', default: join(ROOT, 'test/corpus/node_modules') },
    'skip-build': { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
  },
});
const rounds = Number(flags.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds: a whole number from 1 on');
if (!flags['skip-build']) run('npm', ['run', '--silent', '--prefix', ROOT, 'build']);
const work = mkdtempSync(join(tmpdir(), 'gw-bench-mcp-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
const dist = join(ROOT, 'dist');
const results = join(BENCH, 'results');
mkdirSync(results, { recursive: true });

console.log(`${process.version}, ${cpus()[0]?.model ?? ''}, ${cpus().length} cores; ${rounds} rounds`);
const table = compiled({ documents: null, packages: existsSync(flags.packages) ? flags.packages : null });
const log = join(work, 'serve.log');
const profile = flags.profile ? results : null;
const gateway = spawnGateway({ dist, work, profile }, table, log);
const client = new Client(`http://127.0.0.1:${await servingPort(gateway, log)}`);
try {
  for (const listing of LISTINGS) await isRight(listing);
  printTaken(await takeTurns());
} finally {
  await client.close();
  // With a profile it ends by itself, and writes it.
  await end(gateway, flags.profile ? 'SIGTERM' : 'SIGKILL');
}

/** Gives the folder of a table with one connection to Graph, and two callers: one that may use all, one with rules. */
function compiled(places: Places): string {
  const document = findDocument('graph', places);
  if (typeof document === 'string') throw new Error(`Graph is not there: ${document}`);
  const dir = workspaceFor(document, work);
  const digest = (key: string): string => createHash('sha256').update(key).digest('hex');
  writeFileSync(
    join(dir, 'gateway.d', 'gateway.yaml'),
    `gateway: { rate_limit: { requests_per_second: 1000000, burst: 1000000 }, audit: { sink: none } }
callers:
  open: { key_sha256: ${digest(KEYS.open)}, personas: [open] }
  ruled: { key_sha256: ${digest(KEYS.ruled)}, personas: [ruled] }
personas:
  open: { connections: { allow: [graph] }, tools: { allow: ["*"] } }
  ruled:
    connections: { allow: [graph] }
    tools: { allow: ["*"] }
    routes:
      - { connection: graph, methods: [GET, POST], action: allow }
      - { connection: graph, paths: ["/admin/**"], action: deny }
connections: { graph: { catalog: graph, base_url: "https://upstream.example", auth_mode: none } }
`,
  );
  const out = join(dir, 'table');
  run(process.execPath, [join(dist, 'cli/gw.js'), 'compile', '--dir', dir, '--out', out]);
  return out;
}

function run(command: string, parameters: readonly string[]): void {
  const { status, stderr } = spawnSync(command, parameters, {
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: work },
  });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')} failed: ${stderr.slice(0, 1500)}`);
}

interface Listed {
  readonly total: number;
  readonly operations: readonly { readonly operation_id: string }[];
}

async function list({ query, caller }: Listing): Promise<Listed> {
  const { statusCode, body } = await client.request({
    method: 'POST',
    path: '/mcp',
    headers: {
      'x-api-key': KEYS[caller],
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'api_list_endpoints',
        arguments: { connection: 'graph', ...(query === null ? {} : { query }) },
      },
    }),
  });
  const text = await body.text();
  const { result } = JSON.parse(text) as { result?: { structuredContent?: Listed } };
  if (statusCode !== 200 || result?.structuredContent === undefined)
    throw new Error(`${query ?? 'all'}: ${statusCode} ${text.slice(0, 500)}`);
  return result.structuredContent;
}

/** The gate: what is fast and wrong is not measured. Also warms what is made once. */
async function isRight(listing: Listing): Promise<void> {
  const begun = performance.now();
  const { total, operations } = await list(listing);
  const taken_ms = performance.now() - begun;
  const first = operations[0]?.operation_id ?? null;
  if (total < listing.least || (listing.first !== null && first !== listing.first))
    throw new Error(`${listing.query ?? 'all'}: ${total} operations, the first is ${first ?? 'none'}`);
  console.log(
    `first: ${label(listing)}${taken_ms.toFixed(1).padStart(8)} ms, ${total} operations, ${first ?? 'none'}`,
  );
}

/** What one answer took. */
interface Taken {
  /** From the request's first byte to the answer's last, by a clock. */
  readonly wall_ms: number;
  /** CPU time of the gateway's process, all threads. */
  readonly cpu_ms: number;
}

async function takeTurns(): Promise<Map<Listing, Taken[]>> {
  const taken = new Map<Listing, Taken[]>(LISTINGS.map((listing) => [listing, []]));
  const pid = gateway.pid ?? 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const [listing, samples] of taken) {
      const before_us = cpuTime_us(pid);
      const begun = performance.now();
      await list(listing);
      const wall_ms = performance.now() - begun;
      samples.push({ wall_ms, cpu_ms: (cpuTime_us(pid) - before_us) / 1000 });
    }
  }
  return taken;
}

function printTaken(taken: ReadonlyMap<Listing, readonly Taken[]>): void {
  const heads = ['p50 ms', 'p99 ms', 'max', 'CPU p50', 'CPU p99'];
  console.log(`\n${'api_list_endpoints'.padEnd(48)}${heads.map((head) => head.padStart(9)).join('')}`);
  for (const [listing, samples] of taken) printRow(label(listing), samples);
  const all = [...taken.values()].flat();
  printRow('all', all);
  const p99_ms = quantile(
    all.map(({ wall_ms }) => wall_ms),
    0.99,
  );
  const holds = p99_ms < GOAL_P99_MS ? 'holds' : 'DOES NOT HOLD';
  console.log(`\np99 of all: ${p99_ms.toFixed(1)} ms, goal ${GOAL_P99_MS}: ${holds}`);
  const samples = [...taken].map(([listing, those]) => ({ ...listing, samples: those }));
  const written = { at: new Date().toISOString(), node: process.version, rounds, samples };
  writeFileSync(join(results, 'mcp.json'), `${JSON.stringify(written, null, 2)}\n`);
}

function printRow(name: string, samples: readonly Taken[]): void {
  const walls = samples.map(({ wall_ms }) => wall_ms);
  const cpus_ms = samples.map(({ cpu_ms }) => cpu_ms);
  const numbers = [
    quantile(walls, 0.5),
    quantile(walls, 0.99),
    quantile(walls, 1),
    quantile(cpus_ms, 0.5),
    quantile(cpus_ms, 0.99),
  ];
  console.log(name.padEnd(48) + numbers.map((number) => number.toFixed(2).padStart(9)).join(''));
}

function label({ query, caller }: Listing): string {
  return `${query === null ? '(no query)' : JSON.stringify(query)}, ${caller}`.padEnd(48);
}
