import type { Brought } from '../grants/brought.ts';
import type { ClientTokenSpec } from '../grants/oauth/client-tokens.ts';
import { tokenClientOf } from '../grants/sign-in.ts';
import type { SignIn } from '../grants/sign-in.ts';
import { placeFaultText } from './build-destinations.ts';
import type { ConnectionValues } from './connection-values.ts';

/**
 * Gives how a connection gets tokens for itself, its values filled in; null, with what is unfit added to `faults`,
 * where it cannot.
 */
export function clientTokenSpec(
  signIn: SignIn,
  brought: Brought,
  values: ConnectionValues,
  faults: string[],
): ClientTokenSpec | null {
  const { connection, trust } = signIn;
  const client = tokenClientOf(signIn, brought.variables.reveal());
  if (!('fault' in client)) return { connection: connection.name, at: connection.at, client, trust };
  faults.push(placeFaultText(client, connection, values));
  return null;
}
