import type { Connection, HeaderLine, Secret, Value } from '../../table/types.ts';
import { trimSlashes } from '../../table/rules/trim-slashes.ts';
import { dropName } from '../4-shape/dropped-names.ts';
import { defaultHeader } from '../4-shape/shape-headers.ts';
import { prepareCredential, valueFault } from '../5-credential/prepare-credential.ts';
import type { PreparedCredential } from '../5-credential/prepare-credential.ts';
import { tlsFault } from '../6-forward/upstream-pool.ts';
import type { PoolTarget, UpstreamTls } from '../6-forward/upstream-pool.ts';
import { redactor } from '../7-relay/redact.ts';
import { Hidden } from '../hidden.ts';
import type { RequestValidation } from '../validate/request-validation.ts';
import type { LoadReport } from './load-report.ts';
import { operationLookup } from './operation-lookup.ts';
import { placedDescriptions } from './placed-descriptions.ts';
import { isSecretValue } from './resolve-secrets.ts';
import type { ResolvedSecrets } from './resolve-secrets.ts';
import type { Route } from './snapshot.ts';
import type { LoadedTable } from './table-source.ts';

/** What a route is built with beside its connection. */
export interface RouteParts {
  readonly secrets: ResolvedSecrets;
  readonly report: LoadReport;
  readonly loaded: Pick<LoadedTable, 'table' | 'records'>;
  readonly validatorsOf: RequestValidation['validatorsOf'];
}

/** A route without its pool, and what its pool is to be: opened only when the whole table is sound. */
export interface RouteDraft {
  readonly route: Omit<Route, 'pool'>;
  readonly target: PoolTarget;
}

const NO_CREDENTIAL: PreparedCredential = { headers: new Hidden([]), query: null, secrets: new Hidden([]) };

/** Gives a connection made ready. Faults of its secrets are reported; one that is not served here gets its reason. */
export function buildRoute(
  connection: Connection,
  { secrets, report, loaded, validatorsOf }: RouteParts,
): RouteDraft {
  const { table, records } = loaded;
  const owner = `connection ${connection.name}`;
  const unavailable = unavailableBecause(connection);
  if (unavailable !== null) report.notice(`${owner} cannot be served: ${unavailable} (${connection.at})`);
  const reveal = (value: Value): Hidden<string> =>
    isSecretValue(value) ? (secrets.get(value) ?? new Hidden('')) : new Hidden(value.text);
  const credential = unavailable === null ? prepared(connection, reveal, report) : NO_CREDENTIAL;
  const tls = resolveTls(connection, reveal);
  if (unavailable === null && tlsFault(tls) !== null)
    report.fault(owner, `${tlsFault(tls)} (${connection.at})`);
  for (const { value } of [...connection.headers.defaults, ...connection.headers.set]) {
    const fault = isSecretValue(value) ? valueFault(reveal(value).reveal(), value.at) : null;
    if (fault !== null) report.fault(owner, `${fault.why} (${fault.at})`);
  }
  const set = connection.headers.set.flatMap((line) => [line.name, reveal(line.value).reveal()]);
  return {
    route: {
      connection,
      shape: {
        drop: dropName(connection.headers.owned, connection.cookies),
        defaults: connection.headers.defaults.map((line) => defaultHeader(line.name, reveal(line.value))),
        set: new Hidden([...set, ...credential.headers.reveal()]),
      },
      query: credential.query,
      relay: {
        cookies: connection.cookies,
        links: connection.rewrite_links ? linkBase(connection, table.gateway.public_url) : null,
        redact: redactor([credential.secrets, secretLines(connection, reveal)]),
      },
      descriptions: looksAtOperations(connection) ? placedDescriptions(table, connection, records) : null,
      operationOf: operationLookup(records),
      validation: validationOf(connection, validatorsOf),
      unavailable,
    },
    target: { origin: connection.upstream.origin, tls, limits: connection.limits },
  };
}

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

/** Tells whether requests of a connection are matched with operations. */
function looksAtOperations({ expose, validate }: Connection): boolean {
  return expose === 'operations' || validate !== 'off';
}

function validationOf(
  { validate, limits, headers, credential, cookies }: Connection,
  validatorsOf: RequestValidation['validatorsOf'],
): RequestValidation | null {
  if (validate === 'off') return null;
  return {
    mode: validate,
    bodyMaxBytes: limits.validate_body_max_bytes,
    not: {
      headers: new Set(headers.owned),
      query: credential.kind === 'query' ? credential.name : null,
      cookies: cookies === 'drop',
    },
    validatorsOf,
  };
}

/** Gives every value that serving a connection needs. */
function valuesOf({ credential, headers, upstream }: Connection): (Value | Secret)[] {
  const values: (Value | Secret | null)[] = [
    upstream.tls_ca_bundle_pem,
    upstream.mtls_client_cert_pem,
    upstream.mtls_client_key_pem,
    ...[...headers.defaults, ...headers.set].map((line: HeaderLine) => line.value),
  ];
  if (credential.kind === 'header' || credential.kind === 'query') values.push(credential.secret);
  if (credential.kind === 'basic') values.push(credential.username, credential.password);
  return values.filter((value) => value !== null);
}

function prepared(
  connection: Connection,
  reveal: (value: Value) => Hidden<string>,
  report: LoadReport,
): PreparedCredential {
  const credential = prepareCredential(connection.credential, reveal);
  if (credential === null)
    throw new Error(`connection ${connection.name} has a credential that nothing here prepares`);
  if (!('why' in credential)) return credential;
  report.fault(`connection ${connection.name}`, `${credential.why} (${credential.at})`);
  return NO_CREDENTIAL;
}

function resolveTls({ upstream }: Connection, reveal: (value: Value) => Hidden<string>): UpstreamTls {
  const { tls_ca_bundle_pem: ca, mtls_client_cert_pem: cert, mtls_client_key_pem: key } = upstream;
  return {
    caBundle: ca === null ? null : reveal(ca).reveal(),
    clientCert: cert === null ? null : reveal(cert).reveal(),
    clientKey: key === null ? null : reveal(key),
  };
}

/** Static headers that were written as references are secrets too: they do not come back either. */
function secretLines(
  connection: Connection,
  reveal: (value: Value) => Hidden<string>,
): Hidden<readonly string[]> {
  const lines = [...connection.headers.defaults, ...connection.headers.set];
  return new Hidden(
    lines.filter((line) => isSecretValue(line.value)).map((line) => reveal(line.value).reveal()),
  );
}

function linkBase({ name, upstream }: Connection, publicUrl: string | null): Route['relay']['links'] {
  const public_url = publicUrl === null ? null : trimSlashes(publicUrl);
  return { origin: upstream.origin, base_path: upstream.base_path, connection: name, public_url };
}
