import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { servingPort, spawnGateway } from '../gateway.ts';
import { quantile } from '../measure.ts';
import { cpuTime_us, end, startNode } from '../processes.ts';
import { findDocument } from './documents.ts';
import type { Places } from './documents.ts';
import type { Ratio } from './goals.ts';
import { workspaceFor } from './rivals.ts';

/** What a process took until it was ready. */
interface Start {
  readonly cpu_ms: number;
  readonly resident_mb: number;
}

/** Starts that took turns. */
export interface Starts {
  readonly ours: readonly Start[];
  readonly empty: readonly Start[];
}

export interface StartSetting {
  readonly dist: string;
  readonly work: string;
  readonly places: Places;
  readonly rounds: number;
}

/** What `gw serve` may take beyond a node that does nothing, with the operations of Graph. */
const CPU_GOAL_MS = 100;
const MEMORY_GOAL_MB = 30;

/** Prints what `gw serve` takes until it is ready, with 11,422 operations, beside an empty node by turns. Gives the differences. */
export async function startOfServe({ dist, work, places, rounds }: StartSetting): Promise<Ratio[]> {
  const document = findDocument('graph', places);
  if (typeof document === 'string') {
    console.log(`\nstart of gw serve: not measured: ${document}`);
    return [];
  }
  const dir = workspaceFor(document, work);
  const table = join(dir, 'table');
  const compile = [join(dist, 'cli/gw.js'), 'compile', '--dir', dir, '--out', table];
  const ran = spawnSync(process.execPath, compile, {
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: work },
  });
  if (ran.status !== 0) {
    console.log(`\nstart of gw serve: not measured: ${ran.stderr.slice(0, 500)}`);
    return [];
  }
  return startRatios('graph', await takeStarts({ dist, work, rounds }, table));
}

/** Starts `gw serve` with a table, and an empty node, by turns: two of each a round. */
export async function takeStarts(
  { dist, work, rounds }: Omit<StartSetting, 'places'>,
  table: string,
): Promise<Starts> {
  const ours: Start[] = [];
  const empty: Start[] = [];
  for (let round = 0; round < rounds * 2; round += 1) {
    ours.push(await serveStart(dist, work, table));
    empty.push(await nodeStart());
  }
  return { ours, empty };
}

/** Prints the medians of starts. Gives how far they are apart, beside what they may be. */
export function startRatios(document: string, { ours, empty }: Starts): Ratio[] {
  return [
    difference('cpu_ms', 'start, CPU ms beyond node', CPU_GOAL_MS),
    difference('resident_mb', 'start, MB beyond node', MEMORY_GOAL_MB),
  ];

  function difference(measure: keyof Start, what: string, goal: number): Ratio {
    const [one, other] = [ours, empty].map((starts) =>
      quantile(
        starts.map((start) => start[measure]),
        0.5,
      ),
    );
    console.log(`\n${what}: ${one?.toFixed(0)} - ${other?.toFixed(0)}`);
    return { document, what, ratio: (one ?? 0) - (other ?? 0), goal, isAim: false };
  }
}

async function serveStart(dist: string, work: string, table: string): Promise<Start> {
  const log = join(work, 'serve.log');
  const child = spawnGateway({ dist, work, profile: null }, table, log);
  await servingPort(child, log);
  const start = startOf(child.pid ?? 0);
  await end(child);
  return start;
}

/** A node that waits, measured when its own start is over. */
async function nodeStart(): Promise<Start> {
  const child = startNode('gateway', ['-e', "process.kill(process.pid, 'SIGSTOP')"]);
  while (!/ T /.test(readFileSync(`/proc/${child.pid}/stat`, 'latin1'))) await wait(5);
  const start = startOf(child.pid ?? 0);
  await end(child);
  return start;
}

function startOf(pid: number): Start {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const resident_kb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  return { cpu_ms: cpuTime_us(pid) / 1000, resident_mb: resident_kb / 1024 };
}
