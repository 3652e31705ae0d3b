import { CallerBody, readUpTo } from './6-forward/caller-body.ts';
import { letContinue } from './check-request.ts';
import { Problem } from './problem.ts';
import type { Knock } from './receive.ts';

/** How much of a request's content a front door takes. */
export interface ContentLimit {
  readonly max_bytes: number;
  /** The key that sets it, for whoever is over it. */
  readonly key: string;
}

/**
 * Gives the content of a request whole, for a front door that reads it itself; the problem where it is longer than the
 * limit. Rejects with a CallerFault where it does not come (whoever called this door answers that).
 */
export async function readContent(
  { exchange, message }: Pick<Knock, 'exchange'> & { readonly message: Pick<Knock['message'], 'framing'> },
  { max_bytes, key }: ContentLimit,
): Promise<Buffer | Problem> {
  const { framing } = message;
  const tooLarge = (): Problem =>
    new Problem('body_too_large', `the request body is over ${max_bytes} bytes (${key})`);
  if (framing.kind === 'none') return Buffer.alloc(0);
  if (framing.kind === 'length' && framing.bytes > max_bytes) return tooLarge();
  letContinue(exchange);
  const { body_idle_timeout_ms } = exchange.snapshot.limits;
  const body = new CallerBody(exchange.request, { body_idle_timeout_ms, body_max_bytes: null });
  const content = await readUpTo(body, max_bytes);
  if (content === null) {
    body.destroy();
    return tooLarge();
  }
  exchange.requestBytes = content.length;
  return content;
}
