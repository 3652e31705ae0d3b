import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What one process took. */
export interface Usage {
  readonly cpu_ms: number;
  readonly peak_mb: number;
}

/** A program that is measured. */
export interface Program {
  readonly parameters: readonly string[];
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Exit codes of a run that did its work. */
  readonly codes: readonly number[];
}

const LONGEST_MS = 600_000;

/** Runs a program in a fresh node, and gives what its process took: user and system time of all its threads, and its peak. */
export function measuredRun({ parameters, cwd, environment, codes }: Program, work: string): Usage {
  const usage = join(work, 'usage.json');
  rmSync(usage, { force: true });
  const hook = join(import.meta.dirname, 'tell-usage.cjs');
  const ran = spawnSync(process.execPath, ['--require', hook, ...parameters], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: work, BENCH_USAGE: usage, ...QUIET, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1024 * 1024 * 1024,
    timeout: LONGEST_MS,
  });
  if (ran.status === null || !codes.includes(ran.status))
    throw new Error(
      `${parameters.slice(0, 2).join(' ')} ended with ${ran.status}: ${ran.stderr.slice(0, 1500)}`,
    );
  const told = JSON.parse(readFileSync(usage, 'utf8')) as { cpu_us: number; peak_kb: number };
  return { cpu_ms: told.cpu_us / 1000, peak_mb: told.peak_kb / 1024 };
}

/** Nothing is asked of the network. */
const QUIET: Readonly<Record<string, string>> = {
  REDOCLY_TELEMETRY: 'off',
  REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
  NODE_ENV: 'production',
  CI: 'true',
};
