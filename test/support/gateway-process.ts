import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TableSpec } from './table.ts';

/** A gateway in a process of its own. */
export interface GatewayProcess {
  readonly port: number;
  /** Forgets the peak of its memory so far. Does nothing where there is no /proc. */
  resetPeak(): void;
  /** `VmRSS`: memory now; `VmHWM`: its peak. MiB; zeros where there is no /proc. */
  memory(): { now: number; peak: number };
}

/** What a process serves. */
export interface GatewayOrder {
  readonly spec: TableSpec;
  /** Beside that of every test gateway. */
  readonly environment: Readonly<Record<string, string>>;
}

const MEASURABLE = process.platform === 'linux';

/** Starts a gateway in a process of its own. It ends with the test. */
export async function gatewayProcess(
  spec: TableSpec,
  environment: GatewayOrder['environment'] = {},
): Promise<GatewayProcess> {
  const child = fork(join(import.meta.dirname, 'gateway-child.ts'), { execArgv: ['--import', 'tsx'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  child.send({ spec, environment } satisfies GatewayOrder);
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    // proc_pid_clear_refs(5): 5 sets the peak to what is in use now.
    resetPeak: () => {
      if (MEASURABLE) writeFileSync(`/proc/${child.pid}/clear_refs`, '5');
    },
    memory: () => {
      if (!MEASURABLE) return { now: 0, peak: 0 };
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      const kib = (field: string): number =>
        Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
      return { now: kib('VmRSS') / 1024, peak: kib('VmHWM') / 1024 };
    },
  };
}
