import { spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startNode } from './processes.ts';

/** A built gw, and where what it needs and leaves is put. */
export interface Build {
  /** The folder that holds `cli/gw.js`. */
  readonly dist: string;
  readonly work: string;
  /** Where it writes a CPU profile when it ends; null: it does not. */
  readonly profile: string | null;
}

/** What every caller sends as its key; only gw looks at it. */
export const CALLER_KEY: string = `gw_${randomBytes(32).toString('base64url')}`;
/** What gw sends in its place. */
export const CREDENTIAL: string = `vendor_${randomBytes(24).toString('hex')}`;

/** A gateway that is measured. */
export interface Measured {
  readonly name: string;
  /** Through which connection of `gateway.d/` it is called. */
  readonly connection: 'plain' | 'ruled';
  /** What it keeps of each exchange, as YAML has it. */
  readonly audit: string;
}

/** Compiles `gateway.d/` for an upstream. Gives the folder of the table. */
export function compileTable(
  { dist, work }: Build,
  { name, audit }: Pick<Measured, 'name' | 'audit'>,
  upstream: string,
): string {
  const dir = join(work, name);
  const folder = join(dir, 'gateway.d');
  mkdirSync(folder, { recursive: true });
  const declared = readFileSync(join(import.meta.dirname, 'gateway.d', 'gateway.yaml'), 'utf8');
  const digest = createHash('sha256').update(CALLER_KEY).digest('hex');
  writeFileSync(
    join(folder, 'gateway.yaml'),
    declared
      .replaceAll('http://127.0.0.1:4999', upstream)
      .replace('sqlite:bench.db', `sqlite:${join(dir, 'state.db')}`)
      .replace('{ sink: none }', audit)
      .replace(/key_sha256: \w+/, `key_sha256: ${digest}`),
  );
  const out = join(dir, 'table');
  const compile = [join(dist, 'cli', 'gw.js'), 'compile', '--dir', dir, '--out', out];
  const run = spawnSync(process.execPath, compile, { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`gw compile failed:\n${run.stderr}${run.stdout}`);
  return out;
}

/** What `gw serve` is started with beside its table. */
export interface SpawnExtras {
  /** Parameters of node. */
  readonly hooks?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts `gw serve` on free ports; its log, the access log included, goes to a file. */
export function spawnGateway(
  { dist, profile }: Build,
  table: string,
  log: string,
  { hooks = [], environment = {} }: SpawnExtras = {},
): ChildProcess {
  const profiling =
    profile === null ? [] : ['--cpu-prof', '--cpu-prof-interval', '250', '--cpu-prof-dir', profile];
  const addresses = ['--listen', '127.0.0.1:0', '--control', '127.0.0.1:0'];
  const stdout = openSync(log, 'w');
  const child = startNode(
    'gateway',
    [...profiling, ...hooks, join(dist, 'cli', 'gw.js'), 'serve', '--table', table, ...addresses],
    { environment: { BENCH_CREDENTIAL: CREDENTIAL, NODE_ENV: 'production', ...environment }, stdout },
  );
  closeSync(stdout);
  return child;
}

/** Waits for the line of the log that says that it serves. Gives the port of the data plane. */
export async function servingPort(child: ChildProcess, log: string): Promise<number> {
  for (;;) {
    for (const line of readFileSync(log, 'utf8').split('\n')) {
      const entry = line === '' ? null : (JSON.parse(line) as { msg: string; address: { port: number } });
      if (entry?.msg === 'serving') return entry.address.port;
    }
    if (child.exitCode !== null) throw new Error(`gw serve ended with ${child.exitCode}`);
    await wait(5);
  }
}
