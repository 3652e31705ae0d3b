import { trimSlashes } from '../../table/rules/trim-slashes.ts';
import { credentialPlace } from '../../table/rules/credential-place.ts';
import type { PlacedDescription } from '../../table/rules/operation-matcher.ts';
import type { PlacedDestination } from '../../table/rules/place-destination.ts';
import type { Connection, Value } from '../../table/types.ts';
import { hostChoices } from '../2-match/choose-host.ts';
import { dropName } from '../4-shape/dropped-names.ts';
import { defaultHeader } from '../4-shape/shape-headers.ts';
import { NO_CREDENTIAL, prepareCredential, valueFault } from '../5-credential/prepare-credential.ts';
import type { PreparedCredential } from '../5-credential/prepare-credential.ts';
import type { TlsContexts, UpstreamTls } from '../6-forward/tls-contexts.ts';
import type { PoolTarget } from '../6-forward/upstream-pool.ts';
import type { LinkBase } from '../7-relay/rewrite-links.ts';
import { broughtBy } from '../grants/brought.ts';
import type { Brought } from '../grants/brought.ts';
import { needsGrant } from '../grants/needs-grant.ts';
import type { ClientTokenSpec } from '../grants/oauth/client-tokens.ts';
import { Hidden } from '../hidden.ts';
import type { RequestValidation } from '../validate/request-validation.ts';
import { buildDestinations } from './build-destinations.ts';
import { buildPath, isPathBrought } from './build-path.ts';
import { buildSignIn } from './build-sign-in.ts';
import { clientTokenSpec } from './client-token-spec.ts';
import { connectionValues } from './connection-values.ts';
import type { ConnectionValues } from './connection-values.ts';
import type { LoadReport } from './load-report.ts';
import { operationLookup } from './operation-lookup.ts';
import { placeCredential } from './place-credential.ts';
import type { BesideCredential } from './place-credential.ts';
import { placedDescriptions } from './placed-descriptions.ts';
import type { ResolvedSecrets } from './resolve-secrets.ts';
import type { Route } from './snapshot.ts';
import type { LoadedTable } from './table-source.ts';
import { unavailableBecause } from './unavailable.ts';

/** What a route is built with beside its connection. */
export interface RouteParts {
  readonly secrets: ResolvedSecrets;
  readonly report: LoadReport;
  readonly loaded: Pick<LoadedTable, 'table' | 'records'>;
  readonly validatorsOf: RequestValidation['validatorsOf'];
  readonly contextOf: TlsContexts;
}

/** A route without its pools and tokens, and what those are to be: opened only when the whole table is sound. */
export interface RouteDraft {
  readonly route: Omit<Route, 'pools' | 'live' | 'signer' | 'complete'>;
  readonly targets: Hidden<readonly PoolTarget[]>;
  /** Where the credential is one that is asked for while serving; null otherwise. */
  readonly tokens: ClientTokenSpec | null;
  readonly beside: BesideCredential;
  /** Where each grant has a route of its own: gives its draft, or what of its values does not fit. */
  readonly ofGrant: ((brought: Brought) => Promise<RouteDraft | readonly string[]>) | null;
}

/** Gives a connection made ready. Faults of its values are reported; one that is not served here gets its reason. */
export async function buildRoute(connection: Connection, parts: RouteParts): Promise<RouteDraft> {
  const { report } = parts;
  const owner = `connection ${connection.name}`;
  const unavailable = unavailableBecause(connection);
  if (unavailable !== null) {
    report.notice(`${owner} cannot be served: ${unavailable} (${connection.at})`);
    return withoutSockets(unserved(connection, unavailable, parts));
  }
  const brought = needsGrant(connection) ? null : broughtBy({ variables: new Hidden({}), credential: null });
  const { draft, faults } = await draftOf(connection, brought, parts);
  for (const fault of faults) report.fault(owner, fault);
  if (brought !== null) return draft;
  // Nothing of it is sent: without a grant it has neither hosts nor a credential.
  const { signIn, hosts, path, relay } = draft.route;
  const plain = unserved(connection, null, parts);
  const bare = { ...plain, signIn, hosts, relay: { ...plain.relay, redact: relay.redact } };
  return {
    ...withoutSockets({ ...bare, ...(isPathBrought(connection) ? { pathOfGrant: true } : { path }) }),
    ofGrant: async (grants) => {
      const found = await draftOf(connection, grants, parts);
      return found.faults.length > 0 ? found.faults : found.draft;
    },
  };
}

function withoutSockets(route: RouteDraft['route']): RouteDraft {
  const beside = { headers: new Hidden([]), pairs: new Hidden([]), secrets: [] };
  return { route, targets: new Hidden([]), tokens: null, beside, ofGrant: null };
}

async function draftOf(
  connection: Connection,
  brought: Brought | null,
  parts: RouteParts,
): Promise<{ readonly draft: RouteDraft; readonly faults: readonly string[] }> {
  const values = await connectionValues(connection, parts.secrets, brought);
  const faults: string[] = [];
  const draft = served(connection, values, { ...parts, brought, faults });
  return { draft, faults: [...values.faults, ...faults] };
}

interface ServedParts extends RouteParts {
  readonly brought: Brought | null;
  /** Where what is unfit is told. */
  readonly faults: string[];
}

function served(connection: Connection, values: ConnectionValues, parts: ServedParts): RouteDraft {
  const { brought, faults, loaded, contextOf } = parts;
  const { headers, upstream, limits, allow_private } = connection;
  const tls = resolveTls(connection, values);
  const asksFor = needsGrant(connection) || connection.credential.kind === 'oauth2';
  const signIn = asksFor ? buildSignIn(connection, { values, tls, contextOf, faults }) : null;
  const ownTokens = signIn !== null && connection.auth_mode === 'oauth2_client_credentials';
  const tokens = ownTokens ? clientTokenSpec(signIn, brought, values, faults) : null;
  const credential = prepared(connection, values, faults);
  const context = contextOf(tls);
  if (context === null) {
    const unfit = 'the certificate, its key or the CA bundle is not PEM that fits together';
    faults.push(`${unfit} (${connection.at})`);
  }
  const defaults = headers.defaults.filter(({ value }) => !values.isAbsent(value));
  for (const { value } of [...defaults, ...headers.set]) {
    // Public text was judged with the table.
    const fault =
      'text' in value || values.isAbsent(value) ? null : valueFault(values.reveal(value).reveal(), value.at);
    if (fault !== null) faults.push(`${fault.why} (${fault.at})`);
  }
  const destinations = buildDestinations(connection, values);
  const path = buildPath(connection, credential.path, values);
  faults.push(...destinations.faults, ...path.faults);
  const places = new Hidden(destinations.places);
  const hosts = hostChoices(upstream.hosts);
  const beside = besideCredential(connection, values, signIn?.client?.client_secret ?? null);
  const plain = unserved(connection, null, parts);
  const links: LinkBase = {
    connection: connection.name,
    public_url: publicUrl(loaded.table.gateway.public_url),
    places,
    hosts,
    path: path.steps,
    key: credential.path,
    placeholders: path.placeholders,
  };
  const bare: RouteDraft['route'] = {
    ...plain,
    shape: {
      ...plain.shape,
      drop: dropName(headers.owned, connection.cookies),
      defaults: defaults.map((line) => defaultHeader(line.name, values.reveal(line.value))),
    },
    path: path.steps,
    key: credential.path,
    hosts,
    places,
    signIn,
    relay: { ...plain.relay, cookies: connection.cookies, links: connection.rewrite_links ? links : null },
    links,
  };
  return {
    route: placeCredential(bare, beside, credential),
    targets: new Hidden(
      destinations.places.flatMap(({ origin }, at) => {
        const { guarded } = upstream.hosts[at - 1] ?? upstream;
        const guard = guarded ? { allowPrivate: allow_private } : null;
        return context === null ? [] : { origin, tls, context, limits, guard };
      }),
    ),
    tokens,
    beside,
    ofGrant: null,
  };
}

/** What a route has whose connection is not served, and every other too. */
function unserved(
  connection: Connection,
  unavailable: string | null,
  { loaded: { table, records }, validatorsOf }: RouteParts,
): RouteDraft['route'] {
  return {
    connection,
    shape: { drop: () => true, defaults: [], set: new Hidden([]) },
    path: null,
    pathOfGrant: false,
    key: null,
    hosts: [],
    places: new Hidden<readonly PlacedDestination[]>([]),
    query: null,
    relay: { cookies: 'drop', links: null, redact: () => '' },
    links: null,
    descriptions: looksAtOperations(connection) ? placedDescriptions(table, connection, records) : null,
    described: describedOnDemand(() => placedDescriptions(table, connection, records)),
    operationOf: operationLookup(records),
    validation: validationOf(connection, validatorsOf),
    signIn: null,
    unavailable,
  };
}

/** Reading matchers is for the first who asks: most connections are never asked. */
function describedOnDemand(read: Route['described']): Route['described'] {
  let known: readonly PlacedDescription[] | null = null;
  return () => (known ??= read());
}

/** Tells whether requests of a connection are matched with operations. */
function looksAtOperations({ expose, validate }: Connection): boolean {
  return expose === 'operations' || validate !== 'off';
}

function validationOf(
  { validate, limits, headers, query, credential, cookies }: Connection,
  validatorsOf: RequestValidation['validatorsOf'],
): RequestValidation | null {
  if (validate === 'off') return null;
  const names = query.map(({ name }) => name);
  const key = credentialPlace(credential);
  return {
    mode: validate,
    bodyMaxBytes: limits.validate_body_max_bytes,
    not: {
      headers: new Set(headers.owned),
      query: new Set(key?.in === 'query' ? [...names, key.name] : names),
      cookies: cookies === 'drop',
    },
    validatorsOf,
  };
}

/** A token is placed while serving. */
function prepared(connection: Connection, values: ConnectionValues, faults: string[]): PreparedCredential {
  const credential = prepareCredential(connection.credential, values) ?? NO_CREDENTIAL;
  if (!('why' in credential)) return credential;
  faults.push(`${credential.why} (${credential.at})`);
  return NO_CREDENTIAL;
}

/** What goes out and must not come back whatever the credential is. */
function besideCredential(
  connection: Connection,
  values: ConnectionValues,
  clientSecret: Hidden<string> | null,
): BesideCredential {
  const { headers, query } = connection;
  const text = (value: Value): string => values.reveal(value).reveal();
  const isThere = ({ value }: { readonly value: Value }): boolean => !values.isAbsent(value);
  return {
    headers: new Hidden(headers.set.filter(isThere).flatMap((line) => [line.name, text(line.value)])),
    pairs: new Hidden(query.filter(isThere).map(({ name, value }) => [name, text(value)] as const)),
    secrets: [
      values.secretVariables,
      secretValues(connection, values),
      new Hidden(clientSecret === null ? [] : [clientSecret.reveal()]),
    ],
  };
}

function resolveTls({ upstream }: Connection, values: ConnectionValues): UpstreamTls {
  const { tls_ca_bundle_pem: ca, mtls_client_cert_pem: cert, mtls_client_key_pem: key } = upstream;
  return {
    caBundle: ca === null ? null : values.reveal(ca).reveal(),
    clientCert: cert === null ? null : values.reveal(cert).reveal(),
    clientKey: key === null ? null : values.reveal(key),
  };
}

/** What was written as a reference in headers, query and path is secret too: it does not come back either. */
function secretValues(
  { headers, query, path }: Connection,
  values: ConnectionValues,
): Hidden<readonly string[]> {
  const sent: (Value | null)[] = [
    ...headers.defaults,
    ...headers.set,
    ...query,
    ...(path?.replace ?? []),
  ].map(({ value }) => value);
  return new Hidden(
    sent.flatMap((value) => (value !== null && values.isSecret(value) ? values.reveal(value).reveal() : [])),
  );
}

function publicUrl(written: string | null): string | null {
  return written === null ? null : trimSlashes(written);
}
