import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { buildConnector as connectors, Client, Dispatcher, Pool } from 'undici';
import type { ConnectionLimits } from '../../table/types.ts';
import { Hidden } from '../hidden.ts';
import { poolLookup, SYSTEM_NETWORK } from './network.ts';
import type { AddressGuard, Network, SocketPlace } from './network.ts';
import { materialKey } from './tls-contexts.ts';
import type { TlsContext, UpstreamTls } from './tls-contexts.ts';
import { undiciParts } from './undici-parts.ts';

/** Where the sockets of a pool go, and within which limits. */
export interface PoolTarget {
  readonly origin: string;
  readonly tls: UpstreamTls;
  /** That of `tls`. */
  readonly context: TlsContext;
  readonly limits: ConnectionLimits;
  /** null: the host was written by who runs this, and may lead anywhere. */
  readonly guard: AddressGuard | null;
}

/** The sockets to one upstream, and how many exchanges use or await them. */
export interface UpstreamPool {
  /** Made when it is first asked for. Hidden: its options hold the client's key, its queue the credentials of requests under way. */
  readonly dispatcher: Hidden<Pool>;
  /** Sockets and queue together: what is over it is refused. */
  readonly exchangesMax: number;
  exchanges: number;
  /** Closes its sockets when their exchanges have ended. */
  close(): Promise<void>;
}

/**
 * Gives a client that a refused request cannot take out of its pool. undici's dispatch gives false for a
 * request that it refuses itself; a pool then waits for a drain that never comes. An idle client is
 * never busy, whatever it refused.
 */
function upstreamClient(url: URL, options: object): Client {
  upstreamClientClass ??= class extends undiciParts().Client {
    override dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
      return super.dispatch(request, handler) || this.stats.size === 0;
    }
  };
  return new upstreamClientClass(url, options);
}

let upstreamClientClass: typeof Client | null = null;

/** Gives the key under which connections share sockets: same origin, TLS material, limits and guard. */
export function poolKey({ origin, tls, limits, guard }: PoolTarget): string {
  const parts = [
    origin,
    materialKey(tls),
    limits.connect_timeout_ms,
    limits.upstream_sockets_max,
    limits.upstream_queue_max,
    limits.upstream_headers_max_bytes,
    guard?.allowPrivate ?? null,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Opens a pool. No socket is made before the first request, and undici is not loaded before it. */
export function openPool(target: PoolTarget, network: Network): UpstreamPool {
  const { limits } = target;
  let made: Hidden<Pool> | null = null;
  return {
    get dispatcher() {
      made ??= new Hidden(dispatcherOf(target, network));
      return made;
    },
    exchangesMax: limits.upstream_sockets_max + limits.upstream_queue_max,
    exchanges: 0,
    close: async () => {
      await made?.reveal().close();
    },
  };
}

function dispatcherOf(target: PoolTarget, network: Network): Pool {
  const { origin, limits } = target;
  return new (undiciParts().Pool)(origin, {
    connections: limits.upstream_sockets_max,
    pipelining: 1,
    maxHeaderSize: limits.upstream_headers_max_bytes,
    // Both timeouts are given per request.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: connection(target, network),
    factory: upstreamClient,
  });
}

/** Gives how sockets of a pool are made. */
function connection(
  { origin, context, limits, guard }: PoolTarget,
  network: Network,
): NonNullable<Pool.Options['connect']> {
  const { hostname, port, protocol } = new URL(origin);
  const instead = network.connectTo(
    hostname.replace(/^\[|\]$/g, ''),
    port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  );
  const options = {
    timeout: limits.connect_timeout_ms,
    ...(protocol === 'https:' ? { secureContext: context.reveal() } : {}),
  };
  // node's own look-up is that of the system, and races the addresses that it gives.
  if (network === SYSTEM_NETWORK && guard === null) return options;
  const lookup = poolLookup({ resolve: network.resolve, guard, instead: instead?.address ?? null });
  if (instead === null) return { ...options, lookup };
  return connectingTo(undiciParts().buildConnector({ ...options, lookup }), instead);
}

/** Gives a connector whose sockets go elsewhere, with TLS as for the host itself. */
function connectingTo(connect: connectors.connector, { address, port }: SocketPlace): connectors.connector {
  return (options, callback) => {
    const literal = isIP(options.hostname.replace(/^\[|\]$/g, '')) !== 0;
    // A name goes through the look-up, which judges it; a literal was judged when the table was loaded.
    connect({ ...options, port: String(port), hostname: literal ? address : options.hostname }, callback);
  };
}
