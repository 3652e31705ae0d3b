import type { TokenEvent } from './grants/oauth/client-tokens.ts';
import { stackOf } from './observe/log.ts';
import type { Log } from './observe/log.ts';

/** Gives what tells the log of the access tokens of connections: when there is one, and why there is none. */
export function tellTokens({ events }: Log): (event: TokenEvent) => void {
  return (event) => {
    const { connection } = event;
    if (event.kind === 'obtained') {
      events.info({ connection, lifetime_ms: event.lifetime_ms }, 'access token obtained');
    } else if (event.kind === 'failed') {
      const { kind, reason, idp_error } = event.failure;
      events.warn({ connection, outcome: kind, reason, idp_error }, 'no access token');
    } else {
      const { error } = event;
      events.error({ connection, error: stackOf(error) }, 'internal error');
    }
  };
}
