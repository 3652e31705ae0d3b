import { Hidden } from '../hidden.ts';
import type { PreparedCredential } from '../5-credential/prepare-credential.ts';
import type { Grant, GrantCredential } from './grant.ts';

/** What a grant brings to the plans of its connection. */
export interface Brought {
  readonly variables: Hidden<Readonly<Record<string, string>>>;
  /** By what plans call it; absent: this grant has none. */
  readonly secrets: Hidden<Readonly<Partial<Record<'credential' | 'username' | 'password', string>>>>;
}

/** Gives what a grant brings. Tokens are not among it: they change, and are placed last. */
export function broughtBy({ variables, credential }: Pick<Grant, 'variables' | 'credential'>): Brought {
  return { variables, secrets: new Hidden(credential === null ? {} : secretsOf(credential.reveal())) };
}

/**
 * Gives a text that is the same for the same values, of which a route is made. Tokens are not in it: a route is there
 * before they are placed.
 */
export function broughtKey({
  variables,
  credential,
}: Pick<Grant, 'variables' | 'credential'>): Hidden<string> {
  const held = credential?.reveal() ?? null;
  return new Hidden(JSON.stringify([variables.reveal(), held?.kind === 'oauth2' ? null : held]));
}

function secretsOf(
  credential: GrantCredential,
): Partial<Record<'credential' | 'username' | 'password', string>> {
  if (credential.kind === 'key') return { credential: credential.secret };
  if (credential.kind !== 'basic') return {};
  return { username: credential.username, password: credential.password };
}

/** The route of one grant, whole but for a token. */
export interface Completed<R> {
  readonly route: R;
  /** Gives the route with a token in place. */
  readonly place: (route: R, credential: PreparedCredential) => R;
  /** Gives back what the route holds: no request uses it any more. */
  readonly giveBack: () => void;
}

/** Makes the route of a grant, or says what of its values does not fit: sentences without a value. */
export type Completion<R> = (brought: Brought) => Promise<Completed<R> | readonly string[]>;

/** A route that somebody uses until it is given back. */
export interface HeldRoute<R> {
  readonly route: R;
  readonly giveBack: () => void;
}
