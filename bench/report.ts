import { writeFileSync } from 'node:fs';
import { quantile } from './measure.ts';
import type { StartCost } from './start-cost.ts';

/** By rival and load, one sample of each round, in microseconds of CPU time a request. */
export type Samples = Map<string, Map<string, number[]>>;

/** How it was measured. */
export interface Run {
  readonly machine: Readonly<Record<string, string | number | boolean>>;
  readonly requests: number;
  readonly start: StartCost;
}

/** CPU time of gw over that of the floor, at most. */
const GOAL = 1.5;

interface Line {
  readonly rival: string;
  readonly load: string;
  readonly median_us: number;
  /** A quarter of the rounds took less: what disturbs a machine only ever adds. */
  readonly quiet_us: number;
  /** Over the same of the floor, the first rival. */
  readonly median_ratio: number;
  readonly quiet_ratio: number;
  readonly samples_us: readonly number[];
}

/** Prints the result, and writes it to a file for machines. */
export function report(file: string, run: Run, samples: Samples): void {
  const lines = linesOf(samples);
  const floor = lines[0]?.rival ?? '';
  const rounds = lines[0]?.samples_us.length ?? 0;
  console.log(`CPU time a request, user + system, in µs; ${rounds} rounds of ${run.requests} requests\n`);
  console.log(row(['rival', 'request', 'median', `to ${floor}`, 'quarter', `to ${floor}`]));
  for (const { rival, load, median_us, median_ratio, quiet_us, quiet_ratio } of lines) {
    const numbers = [
      median_us.toFixed(1),
      median_ratio.toFixed(2),
      quiet_us.toFixed(1),
      quiet_ratio.toFixed(2),
    ];
    console.log(row([rival, load, ...numbers]));
  }
  const { gateway_ms, node_ms } = run.start;
  const [gateway, node, difference] = [gateway_ms, node_ms, gateway_ms - node_ms].map((ms) => ms.toFixed(0));
  console.log(
    `\nstart of gw serve: ${gateway} ms of CPU time, node -e 0: ${node} ms, difference: ${difference} ms`,
  );
  tellGoal(lines);
  writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), ...run, lines }, null, 2)}\n`);
  console.log(`written: ${file}`);
}

function linesOf(samples: Samples): Line[] {
  const [floor] = samples.values();
  const lines: Line[] = [];
  for (const [rival, byLoad] of samples) {
    for (const [load, samples_us] of byLoad) {
      const floor_us = floor?.get(load) ?? [];
      const median_us = quantile(samples_us, 0.5);
      const quiet_us = quantile(samples_us, 0.25);
      lines.push({
        rival,
        load,
        median_us,
        median_ratio: median_us / quantile(floor_us, 0.5),
        quiet_us,
        quiet_ratio: quiet_us / quantile(floor_us, 0.25),
        samples_us,
      });
    }
  }
  return lines;
}

function row([rival = '', load = '', ...numbers]: readonly string[]): string {
  return rival.padEnd(20) + load.padEnd(11) + numbers.map((number) => number.padStart(10)).join('');
}

function tellGoal(lines: readonly Line[]): void {
  const ours = lines.filter((line) => line.rival === 'gw');
  if (ours.length === 0 || lines[0]?.rival !== 'bare') return;
  const holds = ours.every((line) => line.median_ratio <= GOAL);
  console.log(`goal, gw at most ${GOAL} times bare: ${holds ? 'holds' : 'does not hold'}`);
}
