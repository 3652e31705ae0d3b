import { createSecureContext } from 'node:tls';
import { onTestFinished } from 'vitest';
import { SYSTEM_NETWORK } from '../../runtime/6-forward/network.ts';
import { poolSet } from '../../runtime/6-forward/pool-set.ts';
import { openGrants } from '../../runtime/grants/grants.ts';
import type { GrantedRoute, Grants, LiveRoute } from '../../runtime/grants/grants.ts';
import type { RefreshEvent } from '../../runtime/grants/refresh/refresh-types.ts';
import type { SignIn } from '../../runtime/grants/sign-in.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { consentConnection, storeBeside } from './granted.ts';
import { CLIENT_SECRET } from './oauth-plan.ts';
import { builtTable } from './table.ts';

/** A route of which nothing is looked at but how its grants are used. */
export type BareRoute = GrantedRoute<BareRoute> & LiveRoute<BareRoute>;

/** The grants of a process, without one: nothing in the background, and the clock of the machine. */
export interface GrantsBeside {
  readonly grants: Grants<BareRoute>;
  /** What was told of refreshing. */
  readonly told: readonly RefreshEvent[];
}

/** Gives how accounts sign in to `vendor`, at an authorization server of this origin. */
export function vendorSignIn(idp: string): SignIn {
  const { table } = builtTable({ connections: { vendor: consentConnection('http://127.0.0.1:1', idp) } });
  const [connection] = table.connections;
  if (connection === undefined) throw new Error('a table without a connection');
  return {
    connection,
    method: 'OAUTH2',
    kind: 'oauth2',
    client: { client_id: new Hidden('test-client'), client_secret: new Hidden(CLIENT_SECRET) },
    trust: {
      tls: { caBundle: null, clientCert: null, clientKey: null },
      context: new Hidden(createSecureContext()),
    },
    fill: (text) => ({ url: text, guarded: false }),
  };
}

/** Opens the grants of a store, as one of its gateways has them. */
export async function grantsBeside(url: string, signIn: SignIn, timeout_ms = 10_000): Promise<GrantsBeside> {
  const told: RefreshEvent[] = [];
  const grants = openGrants<BareRoute>({
    store: await storeBeside(url),
    pools: poolSet(SYSTEM_NETWORK),
    now: Date.now,
    timeout_ms,
    signInOf: (name) => (name === signIn.connection.name ? signIn : null),
    tell: (event) => void told.push(event),
    failed: (error) => {
      throw error;
    },
  });
  onTestFinished(() => grants.close());
  return { grants, told };
}
