import { dropName } from '../runtime/4-shape/dropped-names.ts';
import { needsGrant } from '../runtime/grants/needs-grant.ts';
import { connectionNominated } from '../table/rules/connection-nominated.ts';
import { foldHeaderName } from '../table/rules/fold-header-name.ts';
import { HOP_BY_HOP } from '../table/rules/hop-by-hop.ts';
import type { Connection } from '../table/types.ts';
import { hiddenValue } from './hidden-value.ts';

/**
 * Gives a line for each header of a request: what goes upstream and which layer set it, and what the
 * caller sent that does not. Values of secrets are shown as where they come from. `from` is who sent the fields.
 */
export function headerLayers(
  connection: Connection,
  fields: readonly (readonly [name: string, value: string])[],
  from: string = 'from the caller',
): string[] {
  const drop = dropName(connection.headers.owned, connection.cookies);
  const nominated = fields
    .filter(([name]) => foldHeaderName(name) === 'connection')
    .flatMap(([, value]) => connectionNominated(value));
  const isDropped = (folded: string): boolean => drop(folded) || nominated.includes(folded);
  const sent = fields.map(([name]) => foldHeaderName(name)).filter((folded) => !nominated.includes(folded));
  return [
    ...fields.map(([name, value]) => {
      const folded = foldHeaderName(name);
      return isDropped(folded)
        ? `(dropped) ${name}: ${whyDropped(folded, connection, nominated)}`
        : `${name}: ${value}    ${from}`;
    }),
    ...connection.headers.defaults
      .filter((line) => !sent.includes(foldHeaderName(line.name)))
      .map(
        (line) =>
          `${line.name}: ${hiddenValue(line.value, connection)}    default_headers (${line.value.at})`,
      ),
    ...connection.headers.set.map(
      (line) => `${line.name}: ${hiddenValue(line.value, connection)}    static_headers (${line.value.at})`,
    ),
    ...credentialLine(connection),
  ];
}

function whyDropped(folded: string, { headers }: Connection, nominated: readonly string[]): string {
  if (headers.set.some((line) => foldHeaderName(line.name) === folded)) return 'static_headers sets it';
  if (headers.owned.includes(folded)) return 'the credential sets it';
  if (HOP_BY_HOP.has(folded) || nominated.includes(folded)) return 'hop-by-hop (RFC 9110 7.6.1)';
  return 'never forwarded';
}

/** Says whose access token a request goes out with. */
export function accessToken(connection: Connection): string {
  if (!needsGrant(connection)) return 'access token';
  return connection.grants ? 'access token of an account' : 'access token of the shared grant';
}

function credentialLine(connection: Connection): string[] {
  const { credential } = connection;
  if (credential.kind === 'header') {
    const { name, prefix, suffix, secret } = credential;
    return [`${name}: ${prefix}${hiddenValue(secret, connection)}${suffix}    credential (${secret.at})`];
  }
  if (credential.kind === 'oauth2' && credential.oauth2.send.in === 'header') {
    const { send, client_secret } = credential.oauth2;
    return [
      `${send.name}: ${send.prefix}[${accessToken(connection)}]${send.suffix}    credential (${client_secret.at})`,
    ];
  }
  if (credential.kind === 'oauth1') {
    const { client_secret } = credential.oauth1;
    return [
      `Authorization: OAuth [signature by the client and the ${accessToken(connection)}]    credential (${client_secret.at})`,
    ];
  }
  if (credential.kind === 'mcp')
    return [`Authorization: Bearer [${accessToken(connection)}]    credential (${connection.at})`];
  if (credential.kind === 'basic') {
    const password = credential.password === null ? '' : hiddenValue(credential.password, connection);
    return [
      `Authorization: Basic base64(${hiddenValue(credential.username, connection)}:${password})    credential (${credential.username.at})`,
    ];
  }
  return [];
}
