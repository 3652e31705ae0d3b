import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { compileTable, servingPort, spawnGateway } from './gateway.ts';
import type { Build } from './gateway.ts';
import { cpuTime_us, end, startNode } from './processes.ts';

/** CPU time of starts, in milliseconds: means, because one start is a few of the clock's ticks. */
export interface StartCost {
  readonly gateway_ms: number;
  readonly node_ms: number;
}

/** Measures `gw serve` until it is ready, and a node that does nothing, by turns. */
export async function startCost(build: Build, upstream: string, starts: number): Promise<StartCost> {
  const table = compileTable(build, { name: 'start', audit: '{ sink: none }' }, upstream);
  let gateway_us = 0;
  let node_us = 0;
  for (let turn = 0; turn < starts; turn += 1) {
    gateway_us += await gatewayStart_us(build, table);
    node_us += await nodeStart_us();
  }
  return { gateway_ms: gateway_us / starts / 1000, node_ms: node_us / starts / 1000 };
}

async function gatewayStart_us(build: Build, table: string): Promise<number> {
  const log = join(build.work, 'start.log');
  const child = spawnGateway(build, table, log);
  await servingPort(child, log);
  const taken = cpuTime_us(child.pid ?? 0);
  await end(child);
  return taken;
}

/** `node -e 0`, stopped by itself just before its end, so that its time can still be read. */
async function nodeStart_us(): Promise<number> {
  const child = startNode('gateway', ['-e', "process.kill(process.pid, 'SIGSTOP')"]);
  const stopped = (): boolean => / T /.test(readFileSync(`/proc/${child.pid}/stat`, 'latin1'));
  while (!stopped()) await wait(5);
  const taken = cpuTime_us(child.pid ?? 0);
  await end(child);
  return taken;
}
