import { newState } from '../../grants/oauth/authorization-url.ts';
import { Hidden } from '../../hidden.ts';

/**
 * Gives a token that opens the connect page: 256 random bits, and behind them who asked for it. The store knows it by
 * its digest alone, so nobody can put another name into it.
 */
export function newSessionToken(caller: string): Hidden<string> {
  return new Hidden(`${newState().reveal()}.${Buffer.from(caller).toString('base64url')}`);
}

/** Gives the caller that asked for a token which the store knows; null where none is in it. */
export function askedBy(token: string): string | null {
  const caller = token.split('.')[1] ?? '';
  return caller === '' ? null : Buffer.from(caller, 'base64url').toString('utf8');
}

/** Gives the link that a token opens the connect page by. */
export function connectUrl(base: string, token: Hidden<string>): string {
  return `${base}/connect?session_token=${token.reveal()}`;
}
