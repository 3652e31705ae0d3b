import type { PlaceFault } from '../../../table/rules/place-destination.ts';
import type { SignIn } from '../sign-in.ts';
import { discoverServer } from './discover.ts';
import type { Unfit } from './discover.ts';
import { registerClient } from './register-client.ts';
import type { Registered } from './register-client.ts';
import type { OAuthCall } from './request-token.ts';
import type { Failure } from './types.ts';

/** Who signs in, and where the browser comes back to. */
export interface Registering {
  readonly variables: Readonly<Record<string, string>>;
  readonly redirect_uri: string;
}

/**
 * Finds out where accounts of an MCP server sign in, and registers a client there for one sign-in. Gives null where
 * the operator registered the client, as for any other upstream.
 */
export async function registerFor(
  { connection, fill }: SignIn,
  { variables, redirect_uri }: Registering,
  call: OAuthCall,
): Promise<Registered | Unfit | Failure | PlaceFault | null> {
  const { credential, upstream, allow_private } = connection;
  if (credential.kind !== 'mcp') return null;
  const url = fill(upstream.origin + upstream.base_path, variables);
  if ('fault' in url) return url;
  const server = await discoverServer({ url, plan: credential.mcp, allow_private }, call);
  return server.kind === 'ok' ? registerClient(server, redirect_uri, { call, allow_private }) : server;
}
