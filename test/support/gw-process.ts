import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { inject, onTestFinished } from 'vitest';
import { runProgram } from './run-program.ts';
import type { Ran, RunOptions } from './run-program.ts';

/** The built gw (support/build-once.ts). */
export const GW: string = join(inject('built'), 'dist/cli/gw.js');

/** The person's cache is not touched, and tests share one. */
const XDG_CACHE_HOME = join(inject('built'), 'cache');

/** Runs `gw` to its end, in an environment of its own. */
export function gw(parameters: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return runProgram(process.execPath, [GW, ...parameters], {
    ...options,
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME, ...options.env },
  });
}

/** A line of the log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A `gw` that goes on running; it is killed when the test ends. */
export interface RunningGw {
  /** Waits for a log line, from the first on, that `matches`. Rejects when gw ends before. */
  logged(matches: (line: LogLine) => boolean): Promise<LogLine>;
  /** Waits until standard error holds a text, and gives all of it. Rejects when gw ends before. */
  told(text: string): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Waits for its end. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly log: readonly LogLine[];
}

/** Starts `gw` with these parameters. */
export function startGw(parameters: readonly string[], options: Omit<RunOptions, 'input'> = {}): RunningGw {
  const child = spawn(process.execPath, [GW, ...parameters], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: LogLine[] = [];
  let stderr = '';
  let over = false;
  const waiting = new Set<() => void>();
  const tell = (): void => {
    for (const look of waiting) look();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.push(JSON.parse(line) as LogLine);
    tell();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    tell();
  });
  const ended = once(child, 'close').then(() => {
    over = true;
    tell();
    return { code: child.exitCode, signal: child.signalCode };
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const until = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found === undefined && !over) return;
        waiting.delete(look);
        if (found === undefined)
          reject(new Error(`gw ended first; stderr: ${stderr}\nlog: ${JSON.stringify(log)}`));
        else resolve(found);
      };
      waiting.add(look);
      look();
    });
  return {
    logged: (matches) => until(() => log.find(matches)),
    told: (text) => until(() => (stderr.includes(text) ? stderr : undefined)),
    signal: (signal) => void child.kill(signal),
    ended,
    log,
  };
}

/** Where a gateway listens and what it serves, from its log line. */
export interface Listening {
  readonly base: string;
  readonly control: string;
  readonly digest: string;
}

/** Waits until `gw serve` or `gw dev` listens. */
export async function listening(running: RunningGw): Promise<Listening> {
  const line = (await running.logged(({ msg }) => msg === 'serving')) as unknown as {
    address: { port: number };
    control: { port: number };
    table: string;
  };
  return {
    base: `http://127.0.0.1:${line.address.port}`,
    control: `http://127.0.0.1:${line.control.port}`,
    digest: line.table,
  };
}

/** The flags by which a gateway listens on free ports. */
export const FREE_PORTS: readonly string[] = ['--listen', '127.0.0.1:0', '--control', '127.0.0.1:0'];
