import { createHash } from 'node:crypto';
import { createSecureContext, rootCertificates } from 'node:tls';
import Client from 'undici/lib/dispatcher/client.js';
import UndiciPool from 'undici/lib/dispatcher/pool.js';
import type { Dispatcher } from 'undici';
import type { ConnectionLimits } from '../../table/types.ts';
import { Hidden } from '../hidden.ts';

/** TLS material of an upstream, resolved. */
export interface UpstreamTls {
  readonly caBundle: string | null;
  readonly clientCert: string | null;
  readonly clientKey: Hidden<string> | null;
}

/** Where the sockets of a pool go, and within which limits. */
export interface PoolTarget {
  readonly origin: string;
  readonly tls: UpstreamTls;
  readonly limits: ConnectionLimits;
}

/** The sockets to one upstream, and how many exchanges use or await them. */
export interface UpstreamPool {
  /** Hidden: its options hold the client's key, its queue the credentials of requests under way. */
  readonly dispatcher: Hidden<UndiciPool>;
  /** Sockets and queue together: what is over it is refused. */
  readonly exchangesMax: number;
  exchanges: number;
}

/**
 * A client that a refused request cannot take out of its pool. undici's dispatch gives false for a
 * request that it refuses itself; a pool then waits for a drain that never comes. An idle client is
 * never busy, whatever it refused.
 */
class UpstreamClient extends Client {
  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return super.dispatch(options, handler) || this.stats.size === 0;
  }
}

/** Gives the key under which connections share sockets: same origin, same TLS material, same limits. */
export function poolKey({ origin, tls, limits }: PoolTarget): string {
  const parts = [
    origin,
    tls.caBundle ?? '',
    tls.clientCert ?? '',
    tls.clientKey?.reveal() ?? '',
    limits.connect_timeout_ms,
    limits.upstream_sockets_max,
    limits.upstream_queue_max,
    limits.upstream_headers_max_bytes,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Opens a pool. No socket is made before the first request. */
export function openPool({ origin, tls, limits }: PoolTarget): UpstreamPool {
  const dispatcher = new UndiciPool(origin, {
    connections: limits.upstream_sockets_max,
    pipelining: 1,
    maxHeaderSize: limits.upstream_headers_max_bytes,
    // Both timeouts are given per request.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: limits.connect_timeout_ms, ...tlsOptions(tls) },
    factory: (url: URL, options: object) => new UpstreamClient(url, options),
  });
  const exchangesMax = limits.upstream_sockets_max + limits.upstream_queue_max;
  return { dispatcher: new Hidden(dispatcher), exchangesMax, exchanges: 0 };
}

function tlsOptions({ caBundle, clientCert, clientKey }: UpstreamTls): object {
  return {
    // The bundle is added to the system's roots: it never replaces them.
    ...(caBundle === null ? {} : { ca: [...rootCertificates, caBundle] }),
    ...(clientCert === null ? {} : { cert: clientCert }),
    ...(clientKey === null ? {} : { key: clientKey.reveal() }),
  };
}

/** Gives why TLS material cannot be used, or null. The text never repeats a PEM. */
export function tlsFault(tls: UpstreamTls): string | null {
  try {
    createSecureContext(tlsOptions(tls));
    return null;
  } catch {
    return 'the certificate, its key or the CA bundle is not PEM that fits together';
  }
}
