import type {
  CatalogAuthFields,
  CatalogMcpFields,
  CatalogOAuth1Fields,
  CatalogOAuth2Fields,
} from '../compiler/fields/catalog-auth-fields.ts';
import type { Named } from '../compiler/fields/field.ts';
import { cell, code, table } from './markdown.ts';

/** Gives what a catalog knows of signing in: endpoints, scopes, and what its OAuth does its own way. */
export function renderSignIn(auth: CatalogAuthFields): string[] {
  const rows = [
    ...oauth2Rows(auth.oauth2?.value ?? {}),
    ...oauth2Rows(auth.oauth2_client_credentials?.value ?? {}),
    ...oauth1Rows(auth.oauth1?.value ?? {}),
    ...mcpRows(auth.mcp?.value ?? {}),
  ].flatMap(([what, value]) => (value === undefined ? [] : [[what, value]]));
  return table(['', ''], rows);
}

type Row = readonly [what: string, value: string | undefined];

function oauth2Rows(oauth2: CatalogOAuth2Fields): Row[] {
  const { token_auth: tokenAuth, token_url: tokenUrl, scopes, scope_separator: separator } = oauth2;
  if (tokenUrl === undefined && oauth2.authorization_url === undefined) return [];
  const separated = separator?.value === undefined ? '' : `, separated by ${code(separator.value)}`;
  return [
    ['authorization endpoint', shown(oauth2.authorization_url?.value)],
    ['token endpoint', shown(tokenUrl?.value)],
    ['refresh endpoint', shown(oauth2.refresh_url?.value)],
    ['scopes', `${scopes?.value?.map(code).join(' ') ?? 'those of the connection (`oauth2_scopes`)'}${separated}`],
    ['the client proves itself by', tokenAuth?.value === 'post' ? 'the body' : 'HTTP Basic'],
    ['token request', oauth2.token_body?.value === 'json' ? 'JSON' : 'form'],
    ['PKCE', oauth2.pkce?.value === false ? 'no' : 'S256'],
    ['prompt', shown(oauth2.prompt?.value)],
    ['authorization request has', pairs(oauth2.authorize_params?.value)],
    ['authorization request goes without', oauth2.drop_authorize_params?.value?.map(code).join(', ')],
    ['code exchange has', pairs(oauth2.token_params?.value)],
    ['refresh has', pairs(oauth2.refresh_params?.value)],
    ['access token at', shown(oauth2.access_token?.value)],
    ['an error with status 200 has', errorOf(oauth2)],
    ['lifetime, where the answer gives none', duration(oauth2.lifetime?.value)],
    ['refresh token lives', duration(oauth2.refresh_max_lifetime?.value)],
  ];
}

function errorOf({ error }: CatalogOAuth2Fields): string | undefined {
  const { pointer, equals } = error?.value ?? {};
  if (pointer?.value === undefined || equals?.value === undefined) return undefined;
  return `${code(equals.value)} at ${code(pointer.value)}`;
}

function oauth1Rows(oauth1: CatalogOAuth1Fields): Row[] {
  return [
    ['temporary credentials', shown(oauth1.request_url?.value)],
    ['authorization', shown(oauth1.authorization_url?.value)],
    ['token credentials', shown(oauth1.token_url?.value)],
    ['authorization request has', pairs(oauth1.authorize_params?.value)],
  ];
}

function mcpRows(mcp: CatalogMcpFields): Row[] {
  return [
    ['resource', shown(mcp.resource?.value)],
    ['registration endpoint', shown(mcp.registration_url?.value)],
    ['authorization endpoint', shown(mcp.authorization_url?.value)],
    ['token endpoint', shown(mcp.token_url?.value)],
    ['scopes', mcp.scopes?.value?.map(code).join(' ')],
  ];
}

function shown(value: string | undefined): string | undefined {
  return value === undefined ? undefined : code(value);
}

function pairs(written: Named<string> | undefined): string | undefined {
  if (written === undefined) return undefined;
  return [...written].map(([name, { value }]) => code(`${name}=${cell(value ?? '')}`)).join(' ');
}

function duration(milliseconds: number | undefined): string | undefined {
  if (milliseconds === undefined) return undefined;
  const units = [
    ['days', 86_400_000],
    ['hours', 3_600_000],
    ['minutes', 60_000],
    ['seconds', 1000],
  ] as const;
  const [unit, size] = units.find(([, one]) => milliseconds % one === 0) ?? ['ms', 1];
  const count = milliseconds / size;
  return `${count} ${count === 1 ? unit.replace(/s$/, '') : unit}`;
}
