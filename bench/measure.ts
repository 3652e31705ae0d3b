import type { ChildProcess } from 'node:child_process';
import type { Load } from './check-rival.ts';
import { cpuTime_us, message } from './processes.ts';
import type { Rival } from './rivals.ts';

/** Kept-alive connections of the load. */
const CONNECTIONS = 16;

/** A series of requests to be sent. */
export interface Series {
  readonly load: Load;
  readonly amount: number;
  /** The process of load/load.mjs that sends them. */
  readonly loader: ChildProcess;
}

/** Gives the CPU time that a rival takes for each request of a series, in microseconds. Rejects unless all were answered 2xx. */
export async function cpuPerRequest_us(rival: Rival, { load, amount, loader }: Series): Promise<number> {
  const { pid } = rival.child;
  if (pid === undefined) throw new Error(`${rival.name} does not run`);
  const { method, headers, body, path } = load;
  const url = rival.base + path;
  const before_us = cpuTime_us(pid);
  loader.send({ url, method, headers, body: body ?? undefined, amount, connections: CONNECTIONS });
  const { answered, other } = await message<{ answered: number; other: number }>(loader);
  const taken_us = cpuTime_us(pid) - before_us;
  if (answered !== amount || other !== 0)
    throw new Error(`${rival.name}: of ${amount} requests ${answered} were answered 2xx, ${other} otherwise`);
  return taken_us / amount;
}

/** Gives the value below which a share of some numbers lies: 0.5 is the median. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
