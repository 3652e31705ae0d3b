import { onTestFinished } from 'vitest';
import { decodeTable } from '../../table/decode.ts';
import { encodeTable } from '../../table/encode.ts';
import { recordsInMemory } from '../../table/records/open-records.ts';
import type { Network } from '../../runtime/6-forward/network.ts';
import { loadUndici } from '../../runtime/6-forward/undici-parts.ts';
import { openLog } from '../../runtime/observe/log.ts';
import { serve } from '../../runtime/serve.ts';
import type { TableSource } from '../../runtime/load/table-source.ts';
import type { ServeOptions, Serving } from '../../runtime/serve.ts';
import { builtTable, TEST_ENVIRONMENT, TEST_KEY } from './table.ts';
import type { TableSpec } from './table.ts';

/** A gateway of a test, on free ports of 127.0.0.1. */
export interface TestGateway {
  readonly serving: Serving;
  readonly port: number;
  readonly controlPort: number;
  /** The log lines so far, parsed. */
  readonly log: Record<string, unknown>[];
  /** Waits for a log line that `matches`. */
  logged(matches: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  /** Replaces the table: what the next `serving.reload()` loads. */
  setTable(spec: TableSpec): void;
}

/** How a test's gateway differs from the plain one. */
export interface TestGatewayOptions {
  readonly environment?: Record<string, string>;
  /** The gateway outlives the test that started it. */
  readonly keep?: boolean;
  /** Where tables come from in place of the spec and `setTable`. */
  readonly source?: TableSource;
  readonly watch_ms?: number;
  readonly codegen?: boolean;
  readonly network?: Network;
  readonly oauth?: ServeOptions['oauth'];
}

/** Starts a gateway with this table, written, read and checked as a real one. Without `keep` it ends with the test. */
export async function startGateway(spec: TableSpec, options: TestGatewayOptions = {}): Promise<TestGateway> {
  let current = spec;
  const log: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  const load = () => {
    const built = builtTable(current);
    const { bytes, digest } = encodeTable(built.table);
    const table = decodeTable(bytes, digest);
    return { table, digest, records: recordsInMemory(table.records, built.bytes), close: () => {} };
  };
  // Loading it takes longer than the timeouts of some tests.
  await loadUndici();
  const serving = await serve({
    source: options.source ?? {
      digest: () => Promise.resolve(load().digest),
      load: () => Promise.resolve().then(load),
    },
    environment: { TEST_KEY, ...TEST_ENVIRONMENT, ...options.environment },
    log: openLog('debug', {
      write: (line: string) => {
        log.push(JSON.parse(line) as Record<string, unknown>);
        for (const look of waiting) look();
      },
      flush: () => Promise.resolve(),
    }),
    codegen: options.codegen ?? true,
    ...(options.network === undefined ? {} : { network: options.network }),
    ...(options.oauth === undefined ? {} : { oauth: options.oauth }),
    listen: null,
    control: null,
    watch_ms: options.watch_ms ?? null,
  });
  if (options.keep !== true) onTestFinished(() => serving.close());
  return {
    serving,
    port: serving.address.port,
    controlPort: serving.controlAddress.port,
    log,
    logged: (matches) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = log.find(matches);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    setTable: (next) => {
      current = next;
    },
  };
}
