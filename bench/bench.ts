import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkRival, LOADS } from './check-rival.ts';
import type { Build } from './gateway.ts';
import { cpuPerRequest_us } from './measure.ts';
import type { Samples } from './report.ts';
import { report } from './report.ts';
import { CAN_PIN, end, message, startModule } from './processes.ts';
import { gatewayEntry, moduleEntry } from './rivals.ts';
import type { Entry, Rival } from './rivals.ts';
import { startCost } from './start-cost.ts';

// CPU time per request of gw beside bare proxies: see README.md. Exit 1: a rival does not answer right.

const BENCH = import.meta.dirname;
const ROOT = join(BENCH, '..');
/** Requests of each kind before the first that counts: by then the code is compiled. */
const WARM_UP = 6000;
/** On a busy machine sampling ends early: after this time, but not before so many rounds. */
const SAMPLING_MOST_MS = 100_000;
const ROUNDS_LEAST = 5;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '25' },
    requests: { type: 'string', default: '1600' },
    rivals: { type: 'string', default: 'bare,fastify-http-proxy,gw' },
    against: { type: 'string' },
    profile: { type: 'boolean', default: false },
    'skip-build': { type: 'boolean', default: false },
  },
});
const rounds = atLeast('rounds', flags.rounds, 1);
const requests = atLeast('requests', flags.requests, 100);

const work = mkdtempSync(join(tmpdir(), 'gw-bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
const results = join(BENCH, 'results');
mkdirSync(results, { recursive: true });

install();
const upstream = startModule('load', join(BENCH, 'load', 'upstream.mjs'));
const loader = startModule('load', join(BENCH, 'load', 'load.mjs'));
const { port } = await message<{ port: number }>(upstream);
const upstreamUrl = `http://127.0.0.1:${port}`;
const build: Build = { dist: join(ROOT, 'dist'), work, profile: null };
const rivals: Rival[] = [];
try {
  for (const entry of chosenEntries()) rivals.push(await entry.start(upstreamUrl));
  await measure();
} finally {
  // A profile is written when its process ends by a signal that it hears.
  for (const rival of rivals) await end(rival.child, rival.injects ? 'SIGTERM' : 'SIGKILL');
  for (const child of [upstream, loader]) await end(child);
}

function install(): void {
  if (!existsSync(join(BENCH, 'node_modules', 'autocannon')))
    npm(['ci', '--prefix', BENCH, '--no-audit', '--no-fund']);
  if (!flags['skip-build']) npm(['run', '--silent', '--prefix', ROOT, 'build']);
}

function npm(parameters: readonly string[]): void {
  const run = spawnSync('npm', parameters, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (run.status !== 0) throw new Error(`npm ${parameters.join(' ')} failed`);
}

function atLeast(flag: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least)
    throw new Error(`--${flag}: a whole number from ${least} on`);
  return number;
}

function chosenEntries(): Entry[] {
  const profiled: Build = flags.profile ? { ...build, profile: results } : build;
  const entries: Entry[] = [
    ...['bare', 'bare-controller', 'fastify-http-proxy'].map(moduleEntry),
    gatewayEntry({ name: 'gw', connection: 'plain', audit: '{ sink: none }' }, profiled),
    gatewayEntry({ name: 'gw-ruled', connection: 'ruled', audit: '{ sink: none }' }, build),
    gatewayEntry({ name: 'gw-audit', connection: 'plain', audit: '{ sink: store }' }, build),
    gatewayEntry({ name: 'gw-audit-sync', connection: 'plain', audit: '{ sink: store, mode: sync }' }, build),
  ];
  const names = flags.rivals.split(',');
  const chosen = names.map((name) => {
    const entry = entries.find((one) => one.name === name);
    if (entry === undefined)
      throw new Error(`--rivals: no ${name}; there are ${entries.map((one) => one.name).join(', ')}`);
    return entry;
  });
  if (flags.against !== undefined)
    chosen.push(
      gatewayEntry(
        { name: 'gw-other', connection: 'plain', audit: '{ sink: none }' },
        { ...build, dist: flags.against },
      ),
    );
  return chosen;
}

async function measure(): Promise<void> {
  const faults = [];
  for (const rival of rivals) faults.push(...(await checkRival(rival, upstream)));
  if (faults.length > 0) {
    console.error(`nothing is measured:\n  ${faults.join('\n  ')}`);
    process.exitCode = 1;
    return;
  }
  console.error(CAN_PIN ? 'gateway on core 0; load and upstream on core 1' : 'no taskset: nothing is pinned');
  for (const rival of rivals) {
    for (const load of LOADS) await cpuPerRequest_us(rival, { load, loader, amount: WARM_UP });
  }
  const samples = await sampleByTurns();
  const start = await startCost(build, upstreamUrl, 10);
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    pinned: CAN_PIN,
  };
  report(join(results, 'latest.json'), { machine, requests, start }, samples);
}

/** Rivals take turns in short series, each round another one first: what disturbs one disturbs all. */
async function sampleByTurns(): Promise<Samples> {
  const samples: Samples = new Map(
    rivals.map((rival) => [rival.name, new Map(LOADS.map((load) => [load.title, []]))]),
  );
  const deadline_ms = performance.now() + SAMPLING_MOST_MS;
  for (let round = 0; round < rounds; round += 1) {
    if (round >= ROUNDS_LEAST && performance.now() > deadline_ms) break;
    const first = round % rivals.length;
    const turns = [...rivals.slice(first), ...rivals.slice(0, first)];
    for (const load of LOADS) {
      for (const rival of turns) {
        const taken = await cpuPerRequest_us(rival, { load, loader, amount: requests });
        samples.get(rival.name)?.get(load.title)?.push(taken);
      }
    }
    if (process.stderr.isTTY) process.stderr.write(`\rround ${round + 1} of ${rounds} `);
  }
  return samples;
}
