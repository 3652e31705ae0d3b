import { matchTree } from '../../compiler/5-lower/match-tree.ts';
import type { DescriptionEntry, DescriptionRecords, OperationRecord } from '../../table/operations.ts';
import { encodeRecords, encodeSegment } from '../../table/records/encode-records.ts';
import type { AheadCode, EncodedSegment } from '../../table/records/encode-records.ts';
import { credentialPlace } from '../../table/rules/credential-place.ts';
import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import { TOOL_NAMES } from '../../table/rules/tool-names.ts';
import { SearchWriter } from '../../table/search/write-search.ts';
import { TABLE_FORMAT } from '../../table/types.ts';
import { CONNECTION_LIMITS, GATEWAY_LIMITS, NO_AUDIT } from './table-defaults.ts';
import type {
  AuditPlan,
  AuthMode,
  CatalogUse,
  Connection,
  ConnectionAccess,
  ConnectionLimits,
  CredentialPlan,
  GatewayLimits,
  PersonaAccess,
  RouteRule,
  Table,
  Value,
} from '../../table/types.ts';

/** The gateway key of the caller that every test table has. */
export const TEST_KEY = 'test-key-0123456789abcdefghijklmnopqrstuv';

/** A connection of a test table; what is not given is as the compiler would default it. */
export interface ConnectionSpec extends Partial<Omit<Connection, 'name' | 'upstream' | 'limits'>> {
  /** `http://127.0.0.1:9000/v1`: origin and base path, as the table has them. */
  readonly base_url: string;
  /** Members of `upstream` beside those. */
  readonly tls?: Partial<Connection['upstream']>;
  readonly default_headers?: Readonly<Record<string, string>>;
  /** A value that begins with `$` is a secret: `$NAME` reads the environment's NAME. */
  readonly static_headers?: Readonly<Record<string, string>>;
  readonly limits?: Partial<ConnectionLimits>;
  /** Its description, in place of a catalog. */
  readonly described?: Described;
}

/** A description of a test, with the validators that are made ahead. */
export interface Described extends DescriptionRecords {
  readonly ahead?: readonly AheadCode[];
}

/** A test table: one caller `tester` with TEST_KEY, whose persona gives every connection by the access here. */
export interface TableSpec {
  readonly connections: Readonly<Record<string, ConnectionSpec>>;
  readonly limits?: Partial<GatewayLimits>;
  readonly rate_limit?: { requests_per_second: number; burst: number };
  readonly public_url?: string;
  readonly control_url?: string;
  readonly metrics?: Table['gateway']['metrics'];
  /** Members of the audit plan. Without a sink nothing is kept: tests that are about something else write no database. */
  readonly audit?: Partial<AuditPlan>;
  /** The store's URL. */
  readonly store?: string;
  /** By connection; `null` takes the connection away. Not named: everything is allowed. */
  readonly access?: Readonly<Record<string, Partial<Omit<ConnectionAccess, 'connection'>> | null>>;
  readonly callers?: Table['callers'];
}

const AT = 'gateway.d/test.yaml:1:1';
/** A public value, or a secret of the environment where it begins with `$`. */
export function valueOf(text: string): Value {
  return text.startsWith('$') ? { env: text.slice(1), at: AT } : { text, at: AT };
}

/** Credential plans by what they put on the wire; the secret is the environment's SECRET. */
export const CREDENTIALS = {
  bearer: {
    kind: 'header',
    name: 'Authorization',
    prefix: 'Bearer ',
    suffix: '',
    secret: { env: 'SECRET', at: AT },
  },
  header: { kind: 'header', name: 'X-Vendor-Key', prefix: '', suffix: '', secret: { env: 'SECRET', at: AT } },
  query: { kind: 'query', name: 'api_key', prefix: '', suffix: '', secret: { env: 'SECRET', at: AT } },
  path: { kind: 'path', segment: ':token', prefix: 'bot', suffix: '', secret: { env: 'SECRET', at: AT } },
  basic: { kind: 'basic', username: { text: 'user', at: AT }, password: { env: 'SECRET', at: AT } },
} as const satisfies Record<string, CredentialPlan>;

/** The environment of test gateways. */
export const TEST_ENVIRONMENT = {
  SECRET: 'vendor-secret-9f8e7d',
  OTHER_SECRET: 'other/secret+6c5b=',
} as const;

/** A route rule for `access`. */
export function rule(action: RouteRule['action'], methods: string[], paths: string[]): RouteRule {
  return { persona: 'all', action, methods, paths, at: AT };
}

/** What a persona gives, for `access`. */
export function gives(allow: readonly RouteRule[] | null, read_only = false, persona = 'all'): PersonaAccess {
  return { persona, at: AT, read_only, allow };
}

/** Operations written `METHOD /path`, without parameters. */
export function operationsOf(...operations: string[]): DescriptionRecords {
  return {
    title: null,
    summary: null,
    schemas: [],
    operations: operations.map((id) => {
      const [method = '', path = ''] = id.split(' ');
      const record = { id, method, path, summary: null, description: null, tags: [], deprecated: false };
      return { ...record, parameters: [], request_body: null, responses: [] };
    }),
  };
}

/** A table with the bytes of its records. */
export type BuiltTable = { readonly table: Table; readonly bytes: Buffer };

/** Gives the whole table of a spec. */
export function tableOf(spec: TableSpec): Table {
  return builtTable(spec).table;
}

/** Gives the whole table of a spec, and the file of its records. */
export function builtTable(spec: TableSpec): BuiltTable {
  const described = Object.keys(spec.connections)
    .sort()
    .flatMap((name) => spec.connections[name]?.described ?? []);
  const segments = described.map(({ operations, schemas, ahead }) =>
    encodeSegment({
      operations,
      schemas,
      matcher: matchTree(operations),
      search: searchOver(operations),
      validators: ahead ?? [],
    }),
  );
  const records = encodeRecords(segments);
  const entries = described.map(({ title, summary }, at): DescriptionEntry => ({
    catalog: 'test',
    version: null,
    name: 'main',
    title,
    summary,
    sha256: '0'.repeat(64),
    segment: records.segments[at] ?? [0, 0],
    ...(segments[at] as EncodedSegment).places,
  }));
  return { table: plainTable(spec, entries, records.file), bytes: records.bytes };
}

function plainTable(spec: TableSpec, descriptions: Table['descriptions'], records: Table['records']): Table {
  const names = Object.keys(spec.connections).sort();
  return {
    format: TABLE_FORMAT,
    gateway: {
      listen: { host: '127.0.0.1', port: 0 },
      control: { host: '127.0.0.1', port: 0 },
      public_url: spec.public_url ?? null,
      control_url: spec.control_url ?? null,
      store: [spec.store ?? 'sqlite:state/gw.db'],
      rate_limit: {
        ...(spec.rate_limit ?? { requests_per_second: 1_000_000, burst: 1_000_000 }),
        store: 'memory',
      },
      metrics: spec.metrics ?? 'admin',
      audit: { ...NO_AUDIT, ...spec.audit },
      limits: { ...GATEWAY_LIMITS, ...spec.limits },
    },
    connections: names.map((name) => ({
      ...connectionOf(name, spec.connections[name] as ConnectionSpec),
      catalog: catalogOf(names.filter((one) => spec.connections[one]?.described !== undefined).indexOf(name)),
    })),
    callers: spec.callers ?? [
      {
        name: 'tester',
        at: AT,
        account: 'acme',
        admin: false,
        key: { secret: { env: 'TEST_KEY', at: AT } },
        personas: ['all'],
        access: 0,
      },
    ],
    personas: [{ name: 'all', at: AT, tools: { allow: ['*'], deny: [] }, grants: 'use' }],
    access: [
      {
        personas: ['all'],
        connections: names
          .filter((name) => spec.access?.[name] !== null)
          .map((name) => ({
            connection: name,
            allows: spec.access?.[name]?.allows ?? [gives(null)],
            denies: spec.access?.[name]?.denies ?? [],
          })),
        denied: [],
        tools: TOOL_NAMES.map((tool) => ({ tool, allowed: true, by: { persona: 'all', at: AT } })),
        manages: null,
      },
    ],
    descriptions,
    records,
  };
}

function catalogOf(entry: number): CatalogUse | null {
  if (entry < 0) return null;
  return {
    name: 'test',
    version: null,
    origin: 'folder',
    docs: null,
    verify: null,
    retry: null,
    descriptions: [{ name: 'main', prefix: '', entry }],
  };
}

const MODES: Readonly<Record<CredentialPlan['kind'], AuthMode>> = {
  none: 'none',
  header: 'api_key',
  query: 'api_key',
  path: 'api_key',
  basic: 'basic',
  oauth2: 'oauth2_authorization_code',
  oauth1: 'oauth1',
  mcp: 'mcp',
};

function connectionOf(name: string, spec: ConnectionSpec): Connection {
  const { base_url, tls, default_headers, static_headers, limits, described: _, ...given } = spec;
  const [, origin = '', base_path = ''] = /^(https?:\/\/[^/]+)(.*?)\/*$/.exec(base_url) ?? [];
  const lines = (headers: Readonly<Record<string, string>> | undefined) =>
    Object.entries(headers ?? {}).map(([header, value]) => ({ name: header, value: valueOf(value) }));
  const credential = given.credential ?? { kind: 'none' };
  const owned = Object.keys(static_headers ?? {});
  const place = credentialPlace(credential);
  if (place?.in === 'header') owned.push(place.name);
  if (credential.kind === 'basic') owned.push('authorization');
  return {
    name,
    at: AT,
    description: null,
    auth_mode: MODES[credential.kind],
    upstream: {
      origin,
      base_path,
      guarded: false,
      hosts: [],
      tls_ca_bundle_pem: null,
      mtls_client_cert_pem: null,
      mtls_client_key_pem: null,
      ...tls,
    },
    path: null,
    query: [],
    headers: {
      // As the compiler does: a default that a higher layer owns is left out.
      defaults: lines(default_headers).filter(
        ({ name: header }) => !owned.map(foldHeaderName).includes(foldHeaderName(header)),
      ),
      set: lines(static_headers),
      owned: [...new Set(owned.map(foldHeaderName))].sort(),
    },
    credential,
    grants: false,
    validate: 'off',
    expose: 'all',
    cookies: 'drop',
    forwarded: false,
    allow_encoded_slash: false,
    allow_private: [],
    rewrite_links: true,
    limits: { ...CONNECTION_LIMITS, ...limits },
    variables: [],
    catalog: null,
    ...given,
  };
}

function searchOver(operations: readonly OperationRecord[]): Buffer {
  const writer = new SearchWriter();
  for (const operation of operations) writer.add(operation);
  return writer.bytes();
}
