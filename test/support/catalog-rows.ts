import { readFileSync } from 'node:fs';

/** One line of `test/catalogs/expected.tsv`: what a caller sends, and what the vendor must see of it. */
export interface CatalogRow {
  /** The line itself, without its end. */
  readonly line: string;
  readonly catalog: string;
  readonly authMode: string;
  /** What the connection writes; `$` stands for a secret. */
  readonly variables: Readonly<Record<string, string>>;
  /** The first segment of what the caller asks for. */
  readonly connection: string;
  readonly method: string;
  /** The caller's target. */
  readonly target: string;
  /** One more field of the caller's; or empty. */
  readonly field: string;
  /** Where it arrives; or the status and code of the problem, where nothing is sent. */
  readonly arrives: string;
  /** The fields that the vendor sees beside those of framing. */
  readonly fields: readonly string[];
}

/** Gives the rows of `test/catalogs/expected.tsv`. `README.md` beside it tells what its columns say. */
export function catalogRows(): CatalogRow[] {
  const text = readFileSync(new URL('../catalogs/expected.tsv', import.meta.url), 'utf8');
  return text.trimEnd().split('\n').slice(1).map(rowOf);
}

function rowOf(line: string): CatalogRow {
  const [catalog = '', authMode = '', variables = '', sends = '', field = '', arrives = '', fields = ''] =
    line.split('\t');
  const [method = '', target = ''] = sends.split(' ');
  return {
    line,
    catalog,
    authMode,
    variables: Object.fromEntries(split(variables, ' ').map((pair) => split(pair, '='))) as Record<
      string,
      string
    >,
    connection: target.split('/')[1] ?? '',
    method,
    target,
    field,
    arrives,
    fields: split(fields, ' | '),
  };
}

function split(text: string, at: string): string[] {
  return text === '' ? [] : text.split(at);
}

/** Gives the names of the hosts at which rows arrive. */
export function hostsOf(rows: readonly CatalogRow[]): string[] {
  return [...new Set(rows.flatMap((row) => arrivalOf(row)?.host.replace(/:\d+$/, '') ?? []))];
}

/** Gives the first row that calls this connection. */
export function rowOfConnection(connection: string): CatalogRow {
  const row = catalogRows().find((one) => one.connection === connection);
  if (row === undefined) throw new Error(`no row of expected.tsv calls ${connection}`);
  return row;
}

/** What a connection writes in YAML. */
export type WrittenConnection = Readonly<Record<string, unknown>>;

/** The connections of rows, and the environment that their references name. */
export interface CatalogConnections {
  readonly connections: Readonly<Record<string, WrittenConnection>>;
  readonly environment: Readonly<Record<string, string>>;
}

/** Gives the connections that the rows call, each with secrets of its own, and with `more` written in each. */
export function connectionsOf(rows: readonly CatalogRow[], more: WrittenConnection = {}): CatalogConnections {
  const environment: Record<string, string> = {};
  const connections: Record<string, WrittenConnection> = {};
  for (const row of rows) {
    const secret = (field: string): string => {
      environment[envName(row.connection, field)] = plantedSecret(row.connection, field);
      return `\${env:${envName(row.connection, field)}}`;
    };
    const variables = Object.entries(row.variables).map(([name, value]) => [
      name,
      value === '$' ? secret(name) : value,
    ]);
    const credential = credentialFields(row).map((field) => [field, secret(field)]);
    connections[row.connection] = {
      catalog: row.catalog,
      auth_mode: row.authMode,
      ...Object.fromEntries(credential),
      ...(variables.length === 0 ? {} : { variables: Object.fromEntries(variables) }),
      ...more,
    };
  }
  return { connections, environment };
}

/** The secret in a field or variable of a connection: no two are alike. */
export function plantedSecret(connection: string, field: string): string {
  return `plant-${field}-of-${connection}-0a1b2c`;
}

/**
 * How planted secrets begin: whoever tells one tells that, and a text is searched a few times in place of
 * thousands.
 */
export function beginningsOf(secrets: Readonly<Record<string, string>>): Record<string, string> {
  const beginnings = Object.values(secrets).map((value) => value.replace(/(?<=-of-).*/, ''));
  return Object.fromEntries(beginnings.map((one) => [one, one]));
}

function envName(connection: string, field: string): string {
  return `${connection}_${field}`.toUpperCase().replaceAll('-', '_');
}

/** The fields of the credential: those that the row shows, or what an app of the vendor's has. */
function credentialFields({ authMode, arrives, fields }: CatalogRow): string[] {
  if (authMode === 'oauth1') return ['oauth1_client_id', 'oauth1_client_secret'];
  const shown = [arrives, ...fields].join('\n');
  return ['credential', 'username', 'password'].filter((field) => shown.includes(`{${field}}`));
}

/** Gives host and target at which the request of a row arrives, byte for byte; null where nothing is sent. */
export function arrivalOf(row: CatalogRow): { readonly host: string; readonly target: string } | null {
  const [, host, target] = /^https:\/\/([^/]+)(.*)$/.exec(filled(row.arrives, row)) ?? [];
  return host === undefined || target === undefined ? null : { host, target };
}

/** Gives a text of a row with the secrets of its connection in place: `{credential}`, and `base64(…)`. */
export function filled(text: string, { connection }: CatalogRow): string {
  return text
    .replace(/\{([a-z_]+)\}/g, (_all, field: string) => plantedSecret(connection, field))
    .replace(/base64\((.*)\)/g, (_all, inner: string) => Buffer.from(inner).toString('base64'));
}
