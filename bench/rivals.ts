import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { compileTable, servingPort, spawnGateway } from './gateway.ts';
import type { Build, Measured } from './gateway.ts';
import { message, startModule } from './processes.ts';

/** A gateway that serves, ready to be measured. */
export interface Rival {
  readonly name: string;
  readonly child: ChildProcess;
  /** Where requests go; the path of a request is appended. */
  readonly base: string;
  /** The upstream has to see the operator's headers from it, and not the caller's key. */
  readonly injects: boolean;
}

/** A rival that can be named. */
export interface Entry {
  readonly name: string;
  start(upstream: string): Promise<Rival>;
}

/** Gives a rival that is a module of `rivals/`. */
export function moduleEntry(name: string): Entry {
  return {
    name,
    start: async (upstream) => {
      const child = startModule('gateway', join(import.meta.dirname, 'rivals', `${name}.mjs`), {
        environment: { UPSTREAM: upstream, NODE_ENV: 'production' },
      });
      const { port } = await message<{ port: number }>(child);
      return { name, child, base: `http://127.0.0.1:${port}`, injects: false };
    },
  };
}

/** Gives a rival that is a build of gw, called through one of the connections of `gateway.d/`. */
export function gatewayEntry(measured: Measured, build: Build): Entry {
  const { name, connection } = measured;
  return {
    name,
    start: async (upstream) => {
      const log = join(build.work, `${name}.log`);
      const child = spawnGateway(build, compileTable(build, measured, upstream), log);
      return {
        name,
        child,
        base: `http://127.0.0.1:${await servingPort(child, log)}/${connection}`,
        injects: true,
      };
    },
  };
}
