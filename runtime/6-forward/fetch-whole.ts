import { isIP } from 'node:net';
import { addressFault } from '../../table/rules/checked-addresses.ts';
import type { ConnectionLimits } from '../../table/types.ts';
import type { Hidden } from '../hidden.ts';
import type { ProblemCode } from '../problem.ts';
import { forward } from './forward.ts';
import type { UpstreamCall } from './forward.ts';
import type { AddressGuard } from './network.ts';
import type { PoolSet } from './pool-set.ts';
import type { TlsContext, UpstreamTls } from './tls-contexts.ts';
import { upstreamFault } from './upstream-fault.ts';

/** A request of the gateway's own. */
export interface OwnRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Absolute, http or https. */
  readonly url: string;
  /** Flat: name, value. Complete but for Host and Content-Length. */
  readonly headers: Hidden<readonly string[]>;
  readonly body: Hidden<Buffer> | null;
  /** null: whoever runs this wrote the host, and it may lead anywhere. */
  readonly guard: AddressGuard | null;
  /** Until the whole answer is in. */
  readonly timeout_ms: number;
  readonly signal?: AbortSignal;
}

/** An answer, whole. A redirect is one too: none is followed. */
export interface WholeAnswer {
  readonly status: number;
  /** Gives the first value of a field, null without one. */
  readonly header: (name: string) => string | null;
  readonly body: Buffer;
}

/** Why there is no answer. */
export type FetchFault =
  | 'unreachable'
  | 'timed_out'
  | 'not_http'
  | 'answer_too_large'
  | 'address_refused'
  | 'cancelled';

/** There is no answer. Its text tells neither URL nor content. */
export class FetchFailed extends Error {
  override readonly name = 'FetchFailed';
  readonly fault: FetchFault;

  constructor(fault: FetchFault) {
    super(fault);
    this.fault = fault;
  }
}

/** Sends one request and gives the answer; rejects with a FetchFailed. */
export type FetchWhole = (request: OwnRequest) => Promise<WholeAnswer>;

/** The longest answer that is read. */
const ANSWER_MAX_BYTES = 1024 * 1024;

/** Few and short: what is sent here is rare, and waits for nobody's content. */
const LIMITS = {
  connect_timeout_ms: 10_000,
  upstream_headers_max_bytes: 64 * 1024,
  upstream_sockets_max: 8,
  upstream_queue_max: 1_000,
};

/** Where the requests go out: the sockets of the process, and their TLS. */
export interface FetchSockets {
  readonly pools: PoolSet;
  /** Without a client certificate: that is for the upstream. */
  readonly tls: UpstreamTls;
  /** That of `tls`. */
  readonly context: TlsContext;
}

/**
 * Gives what sends requests of the gateway's own, to authorization servers above all. Sockets are given back behind
 * each request, for the next is hours away.
 */
export function wholeFetch({ pools, tls, context }: FetchSockets): FetchWhole {
  return async (request) => {
    const { origin, hostname } = new URL(request.url);
    if (isRefusedLiteral(hostname, request.guard)) throw new FetchFailed('address_refused');
    const limits = limitsOf(request);
    const pool = pools.acquire({ origin, tls, context, limits, guard: request.guard });
    try {
      return await exchange(request, (path, sink) => {
        const headers = [...request.headers.reveal()];
        const body = request.body?.reveal() ?? null;
        if (body !== null) headers.push('Content-Length', String(body.length));
        return forward(pool, { method: request.method, path, headers, body }, limits, sink);
      });
    } finally {
      // Closing waits for sockets to end; nothing here waits for that, and it does not fail.
      void pools.release(pool);
    }
  };
}

/** Names are judged with each socket; for addresses nobody asks. */
function isRefusedLiteral(hostname: string, guard: AddressGuard | null): boolean {
  const literal = hostname.replace(/^\[|\]$/g, '');
  return guard !== null && isIP(literal) !== 0 && addressFault(literal, guard.allowPrivate) !== null;
}

function limitsOf({ timeout_ms }: OwnRequest): ConnectionLimits {
  return {
    ...LIMITS,
    call_timeout_ms: timeout_ms,
    upstream_idle_timeout_ms: timeout_ms,
    body_max_bytes: null,
    validate_body_max_bytes: 0,
    max_response_bytes: ANSWER_MAX_BYTES,
  };
}

type Send = (path: string, sink: Parameters<typeof forward>[3]) => UpstreamCall;

function exchange({ url, timeout_ms, signal }: OwnRequest, send: Send): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    let call: UpstreamCall | null = null;
    let answer: Omit<WholeAnswer, 'body'> | null = null;
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (fault: FetchFault | null): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (fault !== null) {
        reject(new FetchFailed(fault));
        call?.cancel();
      } else if (answer !== null) {
        resolve({ ...answer, body: Buffer.concat(chunks) });
      }
    };
    const onAbort = (): void => end('cancelled');
    const timer = setTimeout(() => end('timed_out'), timeout_ms);
    if (signal?.aborted === true) return end('cancelled');
    signal?.addEventListener('abort', onAbort);
    const { pathname, search } = new URL(url);
    call = send(pathname + search, {
      head: (status, _reason, raw) => {
        answer = { status, header: (name) => fieldOf(raw, name) };
        return true;
      },
      data: (chunk) => {
        bytes += chunk.length;
        if (bytes > ANSWER_MAX_BYTES) end('answer_too_large');
        else chunks.push(chunk);
        return true;
      },
      end: () => end(null),
      fail: (error) => end(faultOf(error)),
    });
  });
}

function fieldOf(raw: readonly Buffer[], name: string): string | null {
  for (let at = 0; at < raw.length; at += 2)
    if (raw[at]?.toString('latin1').toLowerCase() === name) return raw[at + 1]?.toString('latin1') ?? null;
  return null;
}

const FAULTS: Partial<Record<ProblemCode, FetchFault>> = {
  upstream_timeout: 'timed_out',
  upstream_protocol: 'not_http',
  forbidden: 'address_refused',
};

function faultOf(error: Error): FetchFault {
  const code = upstreamFault(error, '')?.code;
  return (code === undefined ? undefined : FAULTS[code]) ?? 'unreachable';
}
