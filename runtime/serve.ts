import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExchangeAudit, ExchangeAuditParts } from './audit-exchanges.ts';
import type { ListenAddress } from '../table/types.ts';
import { controlPlane } from './control-plane.ts';
import { openTable } from './current-table.ts';
import type { CurrentTable } from './current-table.ts';
import { dataPlane } from './data-plane.ts';
import { addressOf } from './1-accept/address-of.ts';
import { SYSTEM_NETWORK } from './6-forward/network.ts';
import type { Network } from './6-forward/network.ts';
import type { TokenParts } from './grants/oauth/client-tokens.ts';
import { OAUTH_TIMEOUT_MS } from './grants/oauth/request-token.ts';
import type { Environment } from './load/resolve-secrets.ts';
import type { TableSource } from './load/table-source.ts';
import { inTime } from './in-time.ts';
import { observeExchanges } from './observe-exchanges.ts';
import { openCounts } from './observe/counts.ts';
import type { Log } from './observe/log.ts';
import { reloadAndTell } from './reload-and-tell.ts';
import { tellGrants } from './tell-grants.ts';
import { tellTokens } from './tell-tokens.ts';
import { warmUpSoon } from './warm-up.ts';
import { watchTable } from './watch-table.ts';

/** What serving needs beside the table. */
export interface ServeOptions {
  readonly source: TableSource;
  /** What `${env:NAME}` reads. */
  readonly environment: Environment;
  /** False: no code that the table brings is run (`--no-codegen`). */
  readonly codegen?: boolean;
  /** How upstreams are found; without it as the machine finds them. */
  readonly network?: Network;
  /** In place of the clock (milliseconds since the epoch), and of the time that an authorization server has. */
  readonly oauth?: Partial<Pick<TokenParts, 'now' | 'timeout_ms'>>;
  readonly log: Log;
  /** In place of the table's addresses. */
  readonly listen: ListenAddress | null;
  readonly control: ListenAddress | null;
  /** How often the digest is looked at; null: only `reload` swaps. */
  readonly watch_ms: number | null;
}

/** A gateway that serves. */
export interface Serving {
  readonly address: AddressInfo;
  readonly controlAddress: AddressInfo;
  readonly digest: string;
  /** Loads the table and its secrets again. Gives whether it was taken; where not, the log and /readyz say why. */
  reload(): Promise<boolean>;
  /** Stops taking connections, lets requests in flight finish within drain_timeout, then closes. */
  drain(): Promise<void>;
  /** Ends at once. */
  close(): Promise<void>;
}

/** Loads the table, listens on both addresses and serves. Rejects where the table, a secret or an address is not to be had. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { log, source } = options;
  const counts = openCounts();
  const table = await openTable(source, {
    environment: options.environment,
    codegen: options.codegen ?? true,
    network: options.network ?? SYSTEM_NETWORK,
    oauth: { now: Date.now, timeout_ms: OAUTH_TIMEOUT_MS, ...options.oauth, tell: tellTokens(log) },
    grants: tellGrants({ log, counts }),
  });
  const state = { draining: false, exchanges: 0 };
  const audit = await openedAudit(table, { environment: options.environment, log, counts });
  const observer = observeExchanges({ log, counts, audit });
  const data = dataPlane(table, state, observer);
  const control = controlPlane(table, {
    observer,
    counts,
    audit: audit?.reader ?? null,
    isDraining: () => state.draining,
    now: options.oauth?.now ?? Date.now,
  });
  for (const notice of table.snapshot.notices) log.events.warn(notice);
  try {
    await listen(data, options.listen ?? table.gateway.listen);
    await listen(control.server, options.control ?? table.gateway.control);
  } catch (error) {
    // The second address may be the one that is taken: the first is given back.
    data.close();
    await table.retire();
    await audit?.end();
    throw error;
  }
  const reload = () => {
    audit?.reopen();
    return reloadAndTell(table, log);
  };
  const stopWatching = watchWhereAsked(table, options, reload);
  log.events.info(
    { address: addressOf(data), control: addressOf(control.server), table: table.snapshot.digest },
    'serving',
  );
  // Whoever started this waits for that line.
  await log.flush();
  const stopWarmUp = warmUpSoon(table.snapshot, audit);
  const end = async (): Promise<void> => {
    stopWarmUp();
    stopWatching();
    data.closeAllConnections();
    control.server.close();
    await inTime(control.idle(), CONTROL_END_MS, giveUp);
    control.server.closeAllConnections();
    await closed(data);
    await table.retire();
    await audit?.end();
    await log.flush();
  };
  return {
    address: addressOf(data),
    controlAddress: addressOf(control.server),
    get digest() {
      return table.snapshot.digest;
    },
    reload,
    drain: async () => {
      state.draining = true;
      log.events.info({ exchanges: state.exchanges }, 'draining');
      await drained(data, table.gateway.limits.drain_timeout_ms);
      await end();
    },
    close: end,
  };
}

function watchWhereAsked(
  table: CurrentTable,
  { source, watch_ms }: ServeOptions,
  reload: () => Promise<boolean>,
): () => void {
  if (watch_ms === null) return () => {};
  return watchTable(source, () => table.snapshot.digest, { every_ms: watch_ms, reload });
}

/** Opens the audit of the first table; null where it keeps none: then nothing of it is loaded. */
async function openedAudit(table: CurrentTable, parts: ExchangeAuditParts): Promise<ExchangeAudit | null> {
  if (table.gateway.audit.sink === 'none') return null;
  try {
    const { auditExchanges } = await import('./audit-exchanges.ts');
    return await auditExchanges(table.gateway, parts);
  } catch (error) {
    await table.retire();
    throw error;
  }
}

/** How long what is under way on the control address may take at the end: as long as an authorization server may, and a little. */
const CONTROL_END_MS = OAUTH_TIMEOUT_MS + 5_000;

async function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

/** What is still under way when its time is over is cut by what follows. */
function giveUp(): void {}

/** Waits until no connection is left, or the time is over. */
async function drained(server: Server, timeout_ms: number): Promise<void> {
  const all = closed(server);
  server.closeIdleConnections();
  await inTime(all, timeout_ms, giveUp);
}

/** Stops listening, and waits until every connection has ended. */
async function closed(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
