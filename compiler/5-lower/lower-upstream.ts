import { readBaseUrl } from '../../table/rules/base-url.ts';
import { byCodeUnit } from '../../table/rules/by-code-unit.ts';
import { variablesIn } from '../../table/rules/variable-text.ts';
import type { Destination, HostRule, PathPlan, QueryLine, Upstream } from '../../table/types.ts';
import { catalogDestination } from '../3-resolve/catalog-destination.ts';
import { catalogBaseUrl, effectiveBaseUrl, effectiveHosts, effectiveQuery } from '../3-resolve/effective.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { connectionVariables } from '../3-resolve/variables.ts';
import type { TextFiller } from './lower-variables.ts';
import { lowerSecret, lowerValue, must } from './values.ts';

/** Gives where a connection's requests go: what is known of variables filled in. */
export function lowerUpstream(connection: ConnectionModel): Upstream {
  const { fields } = connection;
  const { tls_ca_bundle_pem: bundle, mtls_client_cert_pem: certificate, mtls_client_key_pem: key } = fields;
  const base = must(effectiveBaseUrl(connection));
  const isOwn = catalogBaseUrl(connection) === null;
  const variables = connectionVariables(connection);
  return {
    ...(isOwn ? readDestination(base, false) : lowerDestination(base, variables)),
    hosts: lowerHosts(connection, variables),
    tls_ca_bundle_pem: bundle === undefined ? null : lowerValue(bundle),
    mtls_client_cert_pem: certificate === undefined ? null : lowerValue(certificate),
    mtls_client_key_pem: key === undefined ? null : lowerSecret(key),
  };
}

/** Gives what happens to the caller's path, or null where nothing does. */
export function lowerPath({ catalog }: ConnectionModel, filler: TextFiller): PathPlan | null {
  const path = catalog?.facts.path?.value;
  if (path === undefined) return null;
  const prepend = path.prepend?.value;
  return {
    replace: [...(path.replace?.value ?? [])]
      .map(([segment, field]) => ({ segment, value: filler.value(field) }))
      .sort((a, b) => byCodeUnit(a.segment, b.segment)),
    prepend:
      prepend === undefined
        ? null
        : { path: filler.path(prepend), unless_present: path.unless_present?.value ?? false },
  };
}

/** Gives the query pairs of every request, but for those whose variable has no value. */
export function lowerQuery(connection: ConnectionModel, filler: TextFiller): QueryLine[] {
  return [...effectiveQuery(connection)].flatMap(([name, field]) => {
    const value = filler.value(field);
    return value === null ? [] : { name, value };
  });
}

type Variables = ReturnType<typeof connectionVariables>;

function lowerHosts(connection: ConnectionModel, variables: Variables): HostRule[] {
  return effectiveHosts(connection).map((element) => {
    const { base_url: url, methods, paths } = must(element);
    return {
      ...lowerDestination(must(url), variables),
      methods: [...(methods?.value ?? [])].sort(byCodeUnit),
      paths: must(paths).map(must),
    };
  });
}

function lowerDestination(written: string, variables: Variables): Destination {
  const destination = catalogDestination(written, (name) => variables.get(name)?.known ?? null);
  const { origin, base_path, guarded } = destination;
  return variablesIn(origin + base_path).length > 0
    ? destination
    : readDestination(origin + base_path, guarded);
}

function readDestination(written: string, guarded: boolean): Destination {
  const url = readBaseUrl(written);
  if ('fault' in url) throw new Error('a base_url passed the checks and cannot be read');
  return { origin: url.origin, base_path: url.path, guarded };
}
