import { grantMethodOf } from '../../table/rules/auth-modes.ts';
import { basicFault } from '../../table/rules/basic-credential.ts';
import type { Connection } from '../../table/types.ts';
import { SYSTEM_CONTEXT } from '../6-forward/tls-contexts.ts';
import type { TlsContexts, UpstreamTls } from '../6-forward/tls-contexts.ts';
import { placeUrl } from '../grants/oauth/place-url.ts';
import type { RegisteredClient, SignIn } from '../grants/sign-in.ts';
import { Hidden } from '../hidden.ts';
import type { ConnectionValues } from './connection-values.ts';

/** What a way to sign in is made of beside its connection. */
export interface SignInParts {
  /** Those that no grant brings. */
  readonly values: ConnectionValues;
  readonly tls: UpstreamTls;
  readonly contextOf: TlsContexts;
  /** Where what is unfit is told. */
  readonly faults: string[];
}

/** Gives how grants of a connection are made, and tokens of its own asked for. */
export function buildSignIn(connection: Connection, parts: SignInParts): SignIn {
  const { credential } = connection;
  const { values, contextOf } = parts;
  const method = grantMethodOf(connection);
  if (method === null) throw new Error(`connection ${connection.name} has nothing to sign in for`);
  const tls = { caBundle: parts.tls.caBundle, clientCert: null, clientKey: null };
  // What is no CA bundle is told for the upstream.
  const trust = { tls, context: contextOf(tls) ?? SYSTEM_CONTEXT };
  const written = new Set(connection.variables.filter(({ value }) => value !== null).map(({ name }) => name));
  const consent =
    credential.kind === 'mcp' ||
    (credential.kind === 'oauth2' && credential.oauth2.grant === 'authorization_code');
  return {
    connection,
    method,
    kind: consent ? 'oauth2' : credential.kind === 'oauth1' ? 'oauth1' : 'form',
    client: clientOf(connection, parts),
    trust,
    fill: (url, variables) => {
      let missing: string | null = null;
      const filled = placeUrl(url, (name) => {
        if (written.has(name)) return values.variable(name);
        if (Object.hasOwn(variables, name)) return variables[name] ?? '';
        const fallback = connection.variables.find((one) => one.name === name)?.default ?? null;
        if (fallback === null) missing = name;
        // It fits everywhere, so that what is told is that it is not there.
        return fallback ?? 'x';
      });
      return missing === null ? filled : { variable: missing, fault: 'has no value' };
    },
  };
}

function clientOf(
  { credential }: Connection,
  { values, faults }: Pick<SignInParts, 'values' | 'faults'>,
): RegisteredClient | null {
  if (credential.kind !== 'oauth2' && credential.kind !== 'oauth1') return null;
  const plan = credential.kind === 'oauth2' ? credential.oauth2 : credential.oauth1;
  const client_id = values.reveal(plan.client_id).reveal();
  const inHeader = 'endpoint_auth_style' in plan && plan.endpoint_auth_style === 'header';
  if (inHeader && basicFault('username', client_id) !== null) {
    faults.push(
      `the client id has a colon or a control character, which HTTP Basic cannot carry: write oauth2_endpoint_auth_style: params (${plan.client_id.at})`,
    );
  }
  return { client_id: new Hidden(client_id), client_secret: values.reveal(plan.client_secret) };
}
