import { onTestFinished } from 'vitest';
import { compileFolder } from '../../cli/compile-folder.ts';
import { renderText } from '../../compiler/diagnostic/text.ts';
import type { Network } from '../../runtime/6-forward/network.ts';
import type { LoadedTable } from '../../runtime/load/table-source.ts';
import { openLog } from '../../runtime/observe/log.ts';
import { serve } from '../../runtime/serve.ts';
import { decodeTable } from '../../table/decode.ts';
import { recordsInMemory } from '../../table/records/open-records.ts';
import { encodeTable } from '../../table/encode.ts';
import { folderOf, writeFiles } from './folder.ts';
import type { Files } from './folder.ts';

/** The gateway key of the caller in `gatewayYaml`. */
export const GATEWAY_KEY = 'gw_0123456789abcdefghijklmnopqrstuvwxyzABC';

/** A gateway that was started from YAML; it ends with the test. */
export interface YamlGateway {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly base: string;
  /** The lines of the log so far, from `debug` on. */
  readonly log: readonly string[];
  /** Resolves when the log has this many lines of exchanges, in their order. */
  exchanges(count: number): Promise<Record<string, unknown>[]>;
}

/** How a gateway from YAML differs from the plain one. */
export interface YamlGatewayOptions {
  /** Beside it, such as catalogs. */
  readonly files?: Files;
  readonly network?: Network;
  /** In place of its address. */
  readonly publicUrl?: string;
}

/**
 * Writes YAML into a folder, compiles it, writes and reads the table as `gw compile` and `gw serve` do, and
 * serves it in this process. Where the public URL is the address, its port is known only then, so the table is
 * compiled once more and swapped in.
 */
export async function startFromYaml(
  connections: string,
  environment: Readonly<Record<string, string>>,
  { files, network, publicUrl }: YamlGatewayOptions = {},
): Promise<YamlGateway> {
  const log: string[] = [];
  const waiting = new Set<() => void>();
  const folder = folderOf({ ...files, 'gateway.d/20-connections.yaml': connections });
  const load = async (public_url: string): Promise<LoadedTable> => {
    writeFiles(folder, { 'gateway.d/10-gateway.yaml': gatewayYaml(public_url) });
    const { table, records, diagnostics } = await compileFolder(folder, { literalSecrets: 'error' });
    if (table === null || records === null) throw new Error(renderText(diagnostics, { color: false }));
    const { bytes, digest } = encodeTable(table);
    const decoded = decodeTable(bytes, digest);
    return { table: decoded, digest, records: recordsInMemory(decoded.records, records), close: () => {} };
  };
  let loaded = await load(publicUrl ?? 'http://gateway.example');
  const serving = await serve({
    source: { digest: () => Promise.resolve(loaded.digest), load: () => Promise.resolve(loaded) },
    environment: { ...environment, GW_KEY: GATEWAY_KEY },
    log: openLog('debug', {
      write: (line: string) => {
        log.push(line);
        for (const look of waiting) look();
      },
      flush: () => Promise.resolve(),
    }),
    ...(network === undefined ? {} : { network }),
    listen: { host: '127.0.0.1', port: 0 },
    control: { host: '127.0.0.1', port: 0 },
    watch_ms: null,
  });
  onTestFinished(() => serving.close());
  const base = `http://127.0.0.1:${serving.address.port}`;
  const exchanges: YamlGateway['exchanges'] = (count) =>
    new Promise((resolve) => {
      const look = (): void => {
        const lines = log.map((line) => JSON.parse(line) as Record<string, unknown>);
        const found = lines.filter(({ msg }) => msg === 'exchange');
        if (found.length >= count) resolve(found);
      };
      waiting.add(look);
      look();
    });
  const gateway = { port: serving.address.port, base, log, exchanges };
  if (publicUrl !== undefined) return gateway;
  loaded = await load(base);
  if (!(await serving.reload())) throw new Error('the table with the public URL was not taken');
  return gateway;
}

function gatewayYaml(public_url: string): string {
  return `gateway:
  public_url: ${public_url}
  rate_limit: { requests_per_second: 1000, burst: 1000 }
  audit: { sink: none }
callers:
  tester: { key: "\${env:GW_KEY}", personas: [everything] }
personas:
  everything: { connections: { allow: ["*"] }, tools: { allow: ["*"] } }
`;
}
