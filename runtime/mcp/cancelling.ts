import type { Exchange } from '../exchange.ts';

/** Calls under way in this process, by what cancels them. */
const underWay = new Map<string, AbortController>();

/** A call that its client may cancel. */
export interface CancellableCall {
  readonly signal: AbortSignal;
  /** Ends that: it has its answer. */
  end(): void;
}

/**
 * Gives what tells that a client cancelled a call (MCP 2025-11-25, cancellation). Ids of requests are a client's own:
 * one that does not name its session could cancel another's call, so its calls are cancelled by their sockets alone.
 */
export function cancellable(exchange: Exchange, requestId: string | number): CancellableCall {
  const cancelling = new AbortController();
  const name = nameOf(exchange, requestId);
  if (name !== null && !underWay.has(name)) underWay.set(name, cancelling);
  return {
    signal: cancelling.signal,
    end: () => {
      if (name !== null && underWay.get(name) === cancelling) underWay.delete(name);
    },
  };
}

/** Cancels a call of the same caller and session, where it is under way in this process. */
export function cancelCall(exchange: Exchange, requestId: unknown): void {
  const name = nameOf(exchange, requestId);
  if (name !== null) underWay.get(name)?.abort();
}

function nameOf({ caller, request }: Exchange, requestId: unknown): string | null {
  const session = request.headers['mcp-session-id'];
  return typeof session === 'string' ? JSON.stringify([caller, session, requestId]) : null;
}
