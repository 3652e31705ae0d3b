import { connectionLines, variableMeaning } from '../cli/add/connection-text.ts';
import { draftConnection } from '../cli/add/draft-connection.ts';
import { isDeclared, waysOf } from '../cli/add/ways.ts';
import type { Way } from '../cli/add/ways.ts';
import { usualFacts } from '../cli/catalog/usable-catalogs.ts';
import { resolveVersion } from '../compiler/3-resolve/catalog-reference.ts';
import type { CatalogFacts } from '../compiler/3-resolve/read-catalog.ts';
import type { VariableFields, VariableOrigin } from '../compiler/fields/catalog-variable-fields.ts';
import type { DescribedOperation } from './described-operations.ts';
import { block, cell, code, section, table } from './markdown.ts';
import { renderSignIn } from './render-sign-in.ts';

type Facts = ReturnType<typeof usualFacts>;

/** Gives the guide of one catalog: what people read before they call. */
export function renderCatalog(catalog: CatalogFacts, operations: readonly DescribedOperation[]): string {
  const facts = usualFacts(catalog);
  const docs = facts.docs?.value;
  return `${[
    `# ${cell(facts.title?.value ?? catalog.name)}`,
    '',
    `Catalog ${code(catalog.name)}${versions(catalog)}${docs === undefined ? '' : ` · [documentation of the API](${docs})`} · [all catalogs](../catalogs.md)`,
    '',
    ...section('Paths', paths(catalog.name, facts)),
    ...section('Good to know', notes(facts)),
    ...section('Authentication', authentication(catalog)),
    ...section('Variables', variables(facts)),
    ...section('What the catalog adds', additions(facts)),
    ...section('Example', waysOf(facts).some(isDeclared) ? example(catalog.name, facts, operations) : []),
    ...section('Operations', described(facts, operations)),
    ...section('Sign-in', renderSignIn(facts.auth?.value ?? {})),
    ...section('Limits', limits(facts)),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

function versions(catalog: CatalogFacts): string {
  const known = catalog.versions.flatMap(({ version }) => version ?? []);
  const usual = resolveVersion(catalog, null)?.version ?? null;
  if (known.length === 0) return '';
  const told = known.map((version) => `${code(version)}${version === usual && known.length > 1 ? ' (default)' : ''}`);
  return ` · versions ${told.join(', ')}`;
}

function paths(name: string, facts: Facts): string[] {
  const { path, hosts, base_url: baseUrl } = facts;
  const { prepend, unless_present: unless, replace } = path?.value ?? {};
  const prefix = prepend?.value ?? '';
  const where = (url: string): string => code(`${url.replace(/\/$/, '')}${prefix}/PATH`);
  if (facts.auth?.value?.mcp !== undefined)
    return [`${code(`POST /${name}/TOOL`)} calls a tool of ${code(baseUrl?.value ?? '')} with the arguments in the body.`];
  return [
    `${code(`/${name}/PATH`)} goes to ${baseUrl?.value === undefined ? 'the `base_url` of the connection' : where(baseUrl.value)}.`,
    '',
    ...(prefix !== '' && unless?.value === true
      ? [`- A path that begins with ${code(prefix)} already is left as it is.`]
      : []),
    ...[...(replace?.value ?? [])].map(
      ([segment, text]) =>
        `- A segment ${code(segment)} of the path becomes ${segmentMeaning(text.value ?? '')}.`,
    ),
    ...(hosts?.value ?? []).map(({ value }) => {
      const methods = value?.methods?.value?.join(', ') ?? 'Requests';
      const globs = (value?.paths?.value ?? []).map((glob) => code(glob.value ?? ''));
      return `- ${methods} to ${globs.join(', ')}: ${code(value?.base_url?.value ?? '')}.`;
    }),
    ...Object.entries(facts.auth?.value ?? {}).flatMap(([key, way]) =>
      way.value?.base_url?.value === undefined
        ? []
        : [`- With ${code(key)} requests go to ${where(way.value.base_url.value)}.`],
    ),
  ];
}

function segmentMeaning(text: string): string {
  return text === '{username}' ? 'the `username` of the connection' : code(text);
}

function notes({ notes: written }: Facts): string[] {
  return (written?.value ?? []).map(({ value }) => `- ${cell(value ?? '').replaceAll('\\|', '|')}`);
}

function authentication(catalog: CatalogFacts): string[] {
  return waysOf(usualFacts(catalog)).flatMap((way) => [
    `**${code(way.key)}**: ${wayMeaning(way, usualFacts(catalog))}`,
    '',
    ...block('yaml', yamlFor(catalog, way)),
  ]);
}

/** The connection as `gw add` writes it. */
function yamlFor(catalog: CatalogFacts, way: Way): string[] {
  const version = resolveVersion(catalog, null) ?? catalog.versions[0];
  if (version === undefined) throw new Error(`${catalog.name} has no version`);
  const { name } = catalog;
  return connectionLines(draftConnection({ name, catalog: name, version, way, given: new Map() }));
}

function wayMeaning(way: Way, { auth }: Facts): string {
  const signIn = isDeclared(way) ? '' : ' Somebody signs in first: `gw connect`.';
  const { api_key: key, basic, oauth2 } = auth?.value ?? {};
  const send = oauth2?.value?.send?.value;
  switch (way.mode) {
    case 'none':
      return 'nothing is sent.';
    case 'api_key':
      return `the key is sent as ${placement(key?.value?.in?.value, key?.value?.name?.value, key?.value?.value?.value)}.`;
    case 'basic':
      return `Basic authentication${basicMeaning(basic?.value?.username?.value, basic?.value?.password?.value)}.`;
    case 'bearer': {
      const sent = send === undefined || !way.borrowed ? null : placement(send.in?.value, send.name?.value, send.value?.value);
      const as = sent ?? 'the header `Authorization: Bearer {credential}`';
      return way.borrowed
        ? `an access token that was obtained elsewhere, sent as ${as}. Nothing refreshes it.`
        : `a token, sent as ${as}.`;
    }
    case 'oauth1':
      return `OAuth 1.${signIn}`;
    case 'oauth2_client_credentials':
      return `OAuth 2, client credentials.${signIn}`;
    case 'oauth2_authorization_code':
      return `OAuth 2, authorization code, with your own app at the vendor.${signIn}`;
    case 'mcp':
      return `an MCP server that signs accounts in ([how its tools are called](../mcp-upstreams.md)).${signIn}`;
  }
}

function placement(where = 'header', name = '', value = '{credential}'): string {
  if (where === 'path') return `${code(value)} in place of the segment ${code(name)} of the path`;
  if (where === 'query') return `the query parameter ${code(`${name}=${value}`)}`;
  return `the header ${code(`${name}: ${value}`)}`;
}

function basicMeaning(username: string | undefined, password: string | undefined): string {
  if (username === undefined && password === undefined) return ' with `username` and `password`';
  const part = (text: string | undefined): string => (text === undefined || text === '' ? 'empty' : code(text));
  return `: user name ${part(username)}, password ${part(password)}`;
}

const ORIGINS: Readonly<Record<VariableOrigin, string>> = {
  connection: 'the connection',
  secret: 'the connection, as a reference',
  token_response: 'the answer of the token endpoint; under other ways to authenticate the connection',
  callback: 'the callback of the sign-in; under other ways to authenticate the connection',
  lookup: 'a request after the sign-in; under other ways to authenticate the connection',
};

function variables({ variables: declared }: Facts): string[] {
  const rows = [...(declared?.value ?? [])].map(([name, { value }]) => variableRow(name, value ?? {}));
  return table(['name', 'what it is', 'where it comes from', 'default'], rows);
}

function variableRow(name: string, declared: VariableFields): string[] {
  const { from, default: fallback, optional } = declared;
  const usual = fallback?.value !== undefined ? code(fallback.value) : optional?.value === true ? 'left out' : '';
  return [code(name), variableMeaning(declared, code), ORIGINS[from?.value ?? 'connection'], usual];
}

function additions(facts: Facts): string[] {
  const { default_headers: defaults, static_headers: forced, query } = facts;
  return table(
    ['', 'value', ''],
    [
      ...[...(defaults?.value ?? [])].map(([name, text]) => [
        `header ${code(name)}`,
        code(text.value ?? ''),
        'where the caller sends none',
      ]),
      ...[...(forced?.value ?? [])].map(([name, text]) => [
        `header ${code(name)}`,
        code(text.value ?? ''),
        'always',
      ]),
      ...[...(query?.value ?? [])].map(([name, text]) => [
        `query parameter ${code(name)}`,
        code(text.value ?? ''),
        'always',
      ]),
    ],
  );
}

function example(name: string, { verify }: Facts, operations: readonly DescribedOperation[]): string[] {
  const { method, path } = verify?.value ?? {};
  const curl = (target: string, option = ''): string[] =>
    block('sh', [`curl${option} -H "Authorization: Bearer $GW_KEY" 'http://127.0.0.1:8080${target}'`]);
  if (method?.value !== undefined && path?.value !== undefined) {
    const option = method.value === 'GET' ? '' : ` -X ${method.value}`;
    return ['A request that succeeds only with a good credential:', '', ...curl(`/${name}${path.value}`, option)];
  }
  const simple = operations.find((one) => one.isSimple);
  if (simple !== undefined) return [`${simple.summary ?? simple.path}:`, '', ...curl(simple.path)];
  return ['With a path of the API behind the name of the connection:', '', ...curl(`/${name}/PATH`)];
}

function described(facts: Facts, operations: readonly DescribedOperation[]): string[] {
  if (operations.length === 0) return [];
  const [way] = waysOf(facts);
  return [
    `The catalog describes these (with ${code(way?.key ?? 'none')}), in the form that callers write; \`gw ops show\` has parameters and bodies. Others are passed through all the same, unless the connection says \`expose: operations\`.`,
    '',
    ...table(
      ['operation', ''],
      operations.map((one) => [code(`${one.method} ${one.path}`), cell(one.summary ?? '')]),
    ),
  ];
}

function limits({ retry }: Facts): string[] {
  if (retry?.value === undefined) return [];
  const { statuses, after, remaining, body } = retry.value;
  const said = (statuses?.value ?? []).flatMap(({ value }) => value ?? []);
  return [
    `- Too many requests are answered ${said.length === 0 ? '429' : said.join(' or ')}.`,
    ...(after?.value ?? []).map(
      ({ value }) =>
        `- ${code(value?.header?.value ?? '')} says when to try again (${value?.format?.value ?? 'seconds'}).`,
    ),
    ...(remaining?.value === undefined ? [] : [`- ${code(remaining.value)} says how many requests are left.`]),
    ...(body?.value === undefined
      ? []
      : [
          `- ${code(body.value.pointer?.value ?? '')} of the answer says when to try again (${body.value.format?.value ?? 'seconds'}).`,
        ]),
  ];
}
