import type { Exchange } from './exchange.ts';

/** Gives what tells that nobody waits for the answer of an exchange any more: what goes on for it is broken off then. */
export function leavingOf({ response }: Exchange): AbortSignal {
  const leaving = new AbortController();
  response.on('close', () => leaving.abort());
  if (response.destroyed) leaving.abort();
  return leaving.signal;
}
