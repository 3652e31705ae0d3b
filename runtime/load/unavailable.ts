import type { Connection, Secret, Value } from '../../table/types.ts';

/** Gives why this program cannot serve a connection, or null. Such a connection answers 503, never without its credential. */
export function unavailableBecause(connection: Connection): string | null {
  if (connection.grants || connection.credential.kind === 'grant')
    return 'grants are not served by this version';
  if (['oauth2', 'oauth1', 'mcp'].includes(connection.credential.kind)) {
    return `auth_mode ${connection.auth_mode} is not served by this version`;
  }
  return valuesOf(connection).some((value) => 'sealed' in value)
    ? 'it has sealed text, which this version does not open'
    : null;
}

/** Gives every value that serving a connection needs. */
function valuesOf({ credential, headers, query, path, upstream, variables }: Connection): (Value | Secret)[] {
  const values: (Value | Secret | null)[] = [
    upstream.tls_ca_bundle_pem,
    upstream.mtls_client_cert_pem,
    upstream.mtls_client_key_pem,
    ...[...headers.defaults, ...headers.set, ...query, ...variables].map(({ value }) => value),
    ...(path?.replace ?? []).map(({ value }) => value),
  ];
  if ('secret' in credential) values.push(credential.secret);
  if (credential.kind === 'basic') values.push(credential.username, credential.password);
  return values.filter((value) => value !== null);
}
