import { TableError } from '../table/shape.ts';
import type { Gateway } from '../table/types.ts';
import type { Network } from './6-forward/network.ts';
import type { Grants } from './grants/grants.ts';
import { leaseOf } from './grants/lease.ts';
import type { Lease as CountedLease } from './grants/lease.ts';
import type { OpeningParts } from './grants/open-grants.ts';
import type { OAuthCall } from './grants/oauth/request-token.ts';
import type { SignIn } from './grants/sign-in.ts';
import { clientTokenSet } from './grants/oauth/client-tokens.ts';
import type { TokenParts } from './grants/oauth/client-tokens.ts';
import { wholeFetch } from './6-forward/fetch-whole.ts';
import { poolSet } from './6-forward/pool-set.ts';
import type { ReloadFailure } from './control/control-server.ts';
import { buildSnapshot, giveBack } from './load/build-snapshot.ts';
import type { Held, SnapshotParts } from './load/build-snapshot.ts';
import { LoadError } from './load/load-report.ts';
import type { Environment } from './load/resolve-secrets.ts';
import type { Route, Snapshot } from './load/snapshot.ts';
import type { LoadedTable, TableSource } from './load/table-source.ts';
import { settingsInUse } from './start-settings.ts';
import type { StartSetting } from './start-settings.ts';
import { tableGrants } from './table-grants.ts';

/** The table that serves, and how another takes its place. */
export interface CurrentTable {
  readonly snapshot: Snapshot;
  /** The settings of the table that was loaded first: those of sockets and addresses hold until a restart. */
  readonly gateway: Gateway;
  /** When the snapshot was loaded. */
  readonly loadedAt: Date;
  readonly failed: { readonly at: Date; readonly reason: ReloadFailure } | null;
  /** What of the table and its secrets is another than what is in use, and is taken with the next start. */
  readonly restartNeeded: readonly StartSetting[];
  /**
   * null until a table has a connection that needs grants. From then on they are there, with the store that the table
   * named which had it first.
   */
  readonly grants: Grants<Route> | null;
  /** How requests to the authorization server of a connection go out. */
  readonly callOf: (signIn: Pick<SignIn, 'trust'>) => OAuthCall;
  /** Counts an exchange on the snapshot; the function that is given back ends the count. */
  enter(): () => void;
  /** Loads again and swaps. Rejects with the reason, and leaves everything as it was, where that cannot be. */
  reload(): Promise<Snapshot>;
  /** Closes the sockets of the snapshot when its exchanges have ended, and the store of grants. */
  retire(): Promise<void>;
}

/** What loading needs beside the source. */
export interface LoadOptions {
  readonly environment: Environment;
  readonly codegen: boolean;
  readonly network: Network;
  readonly oauth: Pick<TokenParts, 'now' | 'timeout_ms' | 'tell'>;
  readonly grants: Pick<OpeningParts, 'tell' | 'tellStore' | 'failed'>;
}

/** Loads the first table. Rejects with a TableError, a LoadError or the file system's error. */
export async function openTable(source: TableSource, options: LoadOptions): Promise<CurrentTable> {
  const loader = loaderOf(options);
  const first = await source.load();
  let current = await loader.load(first, null);
  let loadedAt = new Date();
  let failed: CurrentTable['failed'] = null;
  const swap = async (): Promise<Snapshot> => {
    try {
      const previous = current;
      current = await loader.load(await source.load(), previous.snapshot);
      loadedAt = new Date();
      failed = null;
      previous.retire();
      return current.snapshot;
    } catch (error) {
      failed = { at: new Date(), reason: reloadFailure(error) };
      throw error;
    }
  };
  /** The swap under way: one at a time, or two would retire the same snapshot and leave one unretired. */
  let swapping: Promise<unknown> = Promise.resolve();
  return {
    gateway: first.table.gateway,
    get snapshot() {
      return current.snapshot;
    },
    get loadedAt() {
      return loadedAt;
    },
    get failed() {
      return failed;
    },
    get restartNeeded() {
      return current.restartNeeded;
    },
    get grants() {
      return loader.grants();
    },
    callOf: loader.callOf,
    enter: () => current.enter(),
    reload: () => {
      const swapped = swapping.then(swap);
      swapping = swapped.catch(() => {});
      return swapped;
    },
    retire: async () => {
      current.retire();
      await loader.grants()?.close();
    },
  };
}

/** What makes tables ready that follow each other, and what they share. */
interface Loader extends Pick<CurrentTable, 'callOf'> {
  readonly load: (loaded: LoadedTable, previous: Snapshot | null) => Promise<Lease>;
  readonly grants: () => Grants<Route> | null;
}

function loaderOf(options: LoadOptions): Loader {
  const { environment, oauth } = options;
  const pools = poolSet(options.network);
  const parts = { ...options, pools, tokens: clientTokenSet({ ...oauth, pools }) };
  let grants: Grants<Route> | null = null;
  /** What is loaded last; in the background tokens are asked for as its connections say. */
  let serving: Snapshot | null = null;
  const changed = settingsInUse(environment, () => grants !== null);
  return {
    load: async (loaded, previous) => {
      const openGrants = async (): Promise<Grants<Route> | null> =>
        (grants ??= await tableGrants(loaded, {
          ...options.grants,
          environment,
          pools,
          now: oauth.now,
          timeout_ms: oauth.timeout_ms,
          signInOf: (connection) => serving?.routes.get(connection)?.signIn ?? null,
        }));
      const next = await leased(loaded, { ...parts, previous, openGrants });
      serving = next.snapshot;
      grants?.keepAlive();
      return { ...next, restartNeeded: await changed(loaded.table.gateway) };
    },
    grants: () => grants,
    callOf: ({ trust }) => ({
      fetch: wholeFetch({ pools, ...trust }),
      now: oauth.now,
      timeout_ms: oauth.timeout_ms,
    }),
  };
}

function reloadFailure(error: unknown): ReloadFailure {
  if (error instanceof TableError) return 'table_invalid';
  return error instanceof LoadError ? 'table_unservable' : 'table_unreadable';
}

interface Lease extends CountedLease {
  readonly snapshot: Snapshot;
  readonly restartNeeded: readonly StartSetting[];
}

/** Makes a table ready; where that fails, its records are closed. */
async function leased(loaded: LoadedTable, parts: SnapshotParts): Promise<Omit<Lease, 'restartNeeded'>> {
  try {
    return lease(await buildSnapshot(loaded, parts), loaded, parts);
  } catch (error) {
    loaded.close();
    throw error;
  }
}

/**
 * A snapshot with a count of its exchanges: what it holds is given back and its records closed when it is retired and
 * the count is zero.
 */
function lease(snapshot: Snapshot, loaded: LoadedTable, held: Held): Omit<Lease, 'restartNeeded'> {
  const counted = leaseOf(() => {
    for (const route of snapshot.routes.values()) giveBack(route, held);
    snapshot.grants?.retire(snapshot.routes.values());
    loaded.close();
  });
  return { snapshot, ...counted };
}
