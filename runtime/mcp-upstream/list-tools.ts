import { hash } from 'node:crypto';
import type { Decider } from '../../table/types.ts';
import type { UpstreamAsk } from '../call-upstream.ts';
import type { ExchangeRecord } from '../exchange.ts';
import type { Snapshot } from '../load/snapshot.ts';
import { Problem } from '../problem.ts';
import { listingCache } from './listing-cache.ts';
import type { ListingCache } from './listing-cache.ts';
import { openWire } from './open-wire.ts';
import type { McpWire } from './open-wire.ts';
import { readListing } from './read-listing.ts';
import type { ToolListing } from './tool-listing.ts';

/** Whose tools are asked for. */
export interface ListAsk extends Pick<UpstreamAsk, 'caller' | 'route' | 'from' | 'signal'> {
  /** What gives the caller the connection. */
  readonly by: Decider;
  /** The grant that is named; null: the one that a call without a name would use. */
  readonly grant: string | null;
}

/** What is kept for the callers of a table goes with it. */
const caches = new WeakMap<Snapshot, ListingCache>();

/**
 * Gives the tools of a connection's MCP server as the grant of a caller gets to see them, or the problem: a server
 * that cannot be asked has not said that it has none. What was asked for a moment ago is not asked again, but the
 * grant has to work all the same. Personas are for whoever shows them.
 */
export async function listTools(record: ExchangeRecord, ask: ListAsk): Promise<ToolListing | Problem> {
  const listing = await asked(record, ask);
  if (listing instanceof Problem) record.source = 'gateway';
  return listing;
}

async function asked(
  record: ExchangeRecord,
  { by, grant, ...from }: ListAsk,
): Promise<ToolListing | Problem> {
  const { limits } = from.route.connection;
  const own = {
    method: 'POST',
    rest: '/',
    written: false,
    headers: grant === null ? [] : ['Gateway-Connection', grant],
    body: null,
    timeout_ms: limits.call_timeout_ms,
  };
  const wire = await openWire(record, { ...from, ...own }, by);
  if (wire instanceof Problem) return wire;
  try {
    const cache = cacheOf(record.snapshot);
    const owner = ownerOf(record, wire);
    const kept = cache.get(owner, performance.now());
    if (kept !== null) return kept;
    const { control_url } = record.snapshot;
    const listing = await readListing(wire, { connection: from.route.connection, control_url });
    if (!(listing instanceof Problem)) cache.put(owner, listing, performance.now());
    return listing;
  } finally {
    wire.memory.release();
  }
}

function cacheOf(snapshot: Snapshot): ListingCache {
  const before = caches.get(snapshot);
  if (before !== undefined) return before;
  const cache = listingCache();
  caches.set(snapshot, cache);
  return cache;
}

/** What a listing was told to: another account, grant or token of it may be told of other tools. */
function ownerOf({ account, connection, grant }: ExchangeRecord, { admitted }: McpWire): string {
  const proof = hash('sha256', JSON.stringify(admitted.headers), 'hex');
  return JSON.stringify([account, connection, grant, proof]);
}
