import { basicFault } from '../../table/rules/basic-credential.ts';
import type { Connection, OAuth2Plan } from '../../table/types.ts';
import { fillUrl } from '../grants/oauth/fill-url.ts';
import type { ClientTokenSpec } from '../grants/oauth/client-tokens.ts';
import type { FilledUrl } from '../grants/oauth/types.ts';
import { placeFaultText } from './build-destinations.ts';
import type { ConnectionValues } from './connection-values.ts';

/** What of a connection its tokens are asked for with. */
export interface TokenDeclaration {
  readonly connection: Connection;
  readonly plan: OAuth2Plan;
  readonly trust: ClientTokenSpec['trust'];
}

/** Gives how a connection gets tokens for itself, its values filled in. What is unfit is added to `faults`. */
export function clientTokenSpec(
  { connection, plan, trust }: TokenDeclaration,
  values: ConnectionValues,
  faults: string[],
): ClientTokenSpec {
  const { name, at, allow_private } = connection;
  const client_id = values.reveal(plan.client_id).reveal();
  if (plan.endpoint_auth_style === 'header' && basicFault('username', client_id) !== null) {
    faults.push(
      `the client id has a colon or a control character, which HTTP Basic cannot carry: write oauth2_endpoint_auth_style: params (${plan.client_id.at})`,
    );
  }
  const filled = (text: string): FilledUrl => {
    const url = fillUrl(text, values.variable);
    if (!('fault' in url)) return url;
    faults.push(placeFaultText(url, connection, values));
    return { url: '', guarded: true };
  };
  return {
    connection: name,
    at,
    client: {
      plan,
      token_url: filled(plan.token_url),
      refresh_url: null,
      client_id,
      client_secret: values.reveal(plan.client_secret),
      allow_private,
    },
    trust,
  };
}
