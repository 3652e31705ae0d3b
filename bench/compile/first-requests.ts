import { spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { folderSource } from '../../runtime/load/table-source.ts';
import { CALLER_KEY, servingPort, spawnGateway } from '../gateway.ts';
import { quantile } from '../measure.ts';
import { end, message, startModule } from '../processes.ts';
import { findDocument } from './documents.ts';
import type { BenchDocument, Places } from './documents.ts';
import type { Ratio } from './goals.ts';
import { workspaceFor } from './rivals.ts';
import { sampleRequests } from './sample-requests.ts';

export interface FirstRequestsSetting {
  readonly dist: string;
  readonly work: string;
  readonly places: Places;
  readonly rounds: number;
}

/** What tell-delay.mjs writes: milliseconds by which turns of the event loop were late, and how many it saw. */
interface Delay {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** CPU time that the main thread took in one turn. */
  readonly own_p99: number;
  readonly own_p999: number;
  readonly own_max: number;
}

interface Arrival {
  /** False: under `--no-codegen`, where the delay is an aim. */
  readonly codegen: boolean;
  readonly perSecond: number | null;
}

const SHOWN = ['count', 'p50', 'p99', 'p999', 'max', 'own_p99', 'own_p999', 'own_max'] as const;
const DOCUMENTS = ['github', 'graph'];
const OPERATIONS = 1_000;
const CONNECTIONS = 16;
/** How the requests come: as fast as they are answered, or so many in a second, as those of many callers do. */
const ARRIVALS: readonly Arrival[] = [
  { codegen: true, perSecond: null },
  { codegen: true, perSecond: 200 },
  { codegen: false, perSecond: null },
];
const DELAY_GOAL_MS = 20;

/** Prints how late the event loop of `gw serve` is while the first request of each of 1,000 operations arrives, under `validate: enforce`. Gives p99.9. */
export async function firstRequests(setting: FirstRequestsSetting): Promise<Ratio[]> {
  const ratios: Ratio[] = [];
  for (const name of DOCUMENTS) {
    const document = findDocument(name, setting.places);
    if (typeof document === 'string') {
      console.log(`\nfirst requests of ${name}: not measured: ${document}`);
      continue;
    }
    for (const arrival of ARRIVALS) ratios.push(...(await measured(document, arrival, setting)));
  }
  return ratios;
}

async function measured(
  document: BenchDocument,
  { codegen, perSecond }: Arrival,
  { dist, work, rounds }: FirstRequestsSetting,
): Promise<Ratio[]> {
  const { name } = document;
  const upstream = startModule('load', join(import.meta.dirname, '../load/upstream.mjs'));
  const { port } = await message<{ port: number }>(upstream);
  const table = compiled(document, `http://127.0.0.1:${port}`, { dist, work });
  const loaded = await folderSource(table).load();
  const [entry] = loaded.table.descriptions;
  const [used] = loaded.table.connections[0]?.catalog?.descriptions ?? [];
  if (entry === undefined || used === undefined) throw new Error(`${name} has no description`);
  const requests = sampleRequests(loaded.records, entry, OPERATIONS).map((request) => ({
    ...request,
    path: `/${name}${used.prefix}${request.path}`,
  }));
  loaded.close();
  const how = `${perSecond === null ? '' : `, ${perSecond}/s`}${codegen ? '' : ', --no-codegen'}`;
  const delays: Delay[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const found = await oneRound({ dist, work, table, codegen, perSecond }, requests);
    delays.push(found.delay);
    if (round === 0) console.log(`\n${name}${how}: answers ${JSON.stringify(found.statuses)}`);
  }
  await end(upstream);
  const median = (measure: keyof Delay): number =>
    quantile(
      delays.map((one) => one[measure]),
      0.5,
    );
  const shown = SHOWN.map((one) => `${one} ${median(one).toFixed(1)}`);
  console.log(`event loop, ms late: ${shown.join(', ')} (medians of ${rounds})`);
  const ratio = (what: string, measure: keyof Delay): Ratio => ({
    document: name,
    what: `${what}${how}`,
    ratio: median(measure),
    goal: DELAY_GOAL_MS,
    isAim: !codegen,
  });
  return [ratio('p99.9 ms late', 'p999'), ratio('p99.9 ms CPU', 'own_p999')];
}

/** Compiles a document for an upstream, with the caller that the load is. Gives the folder of the table. */
function compiled(
  document: BenchDocument,
  upstream: string,
  { dist, work }: { dist: string; work: string },
): string {
  const dir = workspaceFor(document, work);
  const digest = createHash('sha256').update(CALLER_KEY).digest('hex');
  writeFileSync(
    join(dir, 'gateway.d', 'gateway.yaml'),
    `gateway: { rate_limit: { requests_per_second: 1000000, burst: 1000000 }, audit: { sink: none } }
callers: { bench: { key_sha256: ${digest}, personas: [all] } }
personas: { all: { connections: { allow: ["*"] } } }
connections: { ${document.name}: { catalog: ${document.name}, base_url: "${upstream}", auth_mode: none, validate: enforce } }
`,
  );
  const out = join(dir, 'table');
  const ran = spawnSync(process.execPath, [join(dist, 'cli/gw.js'), 'compile', '--dir', dir, '--out', out], {
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: work },
  });
  if (ran.status !== 0) throw new Error(`gw compile failed: ${ran.stderr.slice(0, 1500)}`);
  return out;
}

interface Round extends Arrival {
  readonly dist: string;
  readonly work: string;
  readonly table: string;
}

async function oneRound(
  { dist, work, table, codegen, perSecond }: Round,
  requests: readonly object[],
): Promise<{ delay: Delay; statuses: Record<string, number> }> {
  const log = join(work, 'serve.log');
  const told = join(work, 'delay.json');
  const gateway = spawnGateway({ dist, work, profile: null }, table, log, {
    hooks: ['--import', pathToFileURL(join(import.meta.dirname, 'tell-delay.mjs')).href],
    environment: { BENCH_DELAY: told, ...(codegen ? {} : { GW_NO_CODEGEN: '1' }) },
  });
  const port = await servingPort(gateway, log);
  const loader = startModule('load', join(import.meta.dirname, '../load/each-once.mjs'));
  // What a start does behind its back (runtime/warm-up.ts) is not what is asked here: from the first request on.
  await wait(1_000);
  await delayOf(gateway, told);
  loader.send({
    origin: `http://127.0.0.1:${port}`,
    headers: { 'x-api-key': CALLER_KEY },
    requests,
    connections: CONNECTIONS,
    perSecond,
  });
  const { statuses, samples } = await message<{ statuses: Record<string, number>; samples: object }>(loader);
  const delay = await delayOf(gateway, told);
  await end(loader);
  await end(gateway, 'SIGTERM');
  const matched = readFileSync(log, 'utf8').split('"operation":"').length - 1;
  if (matched !== requests.length)
    throw new Error(`${matched} of ${requests.length} requests were those of an operation`);
  if (Object.keys(samples).length > 0) throw new Error(`faults of the gateway: ${JSON.stringify(samples)}`);
  return { delay, statuses };
}

/** Gives what the event loop of a gateway was like since the last time. */
async function delayOf(gateway: ChildProcess, told: string): Promise<Delay> {
  rmSync(told, { force: true });
  gateway.kill('SIGUSR2');
  while (!existsSync(told)) await wait(5);
  return JSON.parse(readFileSync(told, 'utf8')) as Delay;
}
