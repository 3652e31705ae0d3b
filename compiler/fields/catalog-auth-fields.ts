import type { Fields, Named } from './field.ts';
import { anyText, flag, longDuration, map, record, text, word, words } from './shape.ts';
import type { Shape } from './shape.ts';

export interface CatalogApiKeyKeys {
  in: 'header' | 'query' | 'path';
  name: string;
  value: string;
  base_url: string;
}

export interface CatalogBasicKeys {
  username: string;
  password: string;
  base_url: string;
}

export interface CatalogBearerKeys {
  base_url: string;
}

export interface TokenErrorKeys {
  pointer: string;
  equals: string;
  reason: string;
}

export interface TokenPlacementKeys {
  in: 'header' | 'query';
  name: string;
  value: string;
}

export interface CatalogOAuth2Keys {
  authorization_url: string;
  token_url: string;
  refresh_url: string;
  scopes: readonly string[];
  scope_separator: string;
  prompt: string;
  token_auth: 'basic' | 'post';
  token_body: 'form' | 'json';
  pkce: boolean;
  authorize_params: Named<string>;
  drop_authorize_params: readonly string[];
  token_params: Named<string>;
  refresh_params: Named<string>;
  lifetime: number;
  refresh_max_lifetime: number;
  access_token: string;
  error: Fields<TokenErrorKeys>;
  send: Fields<TokenPlacementKeys>;
  base_url: string;
}

export interface CatalogOAuth1Keys {
  request_url: string;
  authorization_url: string;
  token_url: string;
  authorize_params: Named<string>;
  base_url: string;
}

export interface CatalogMcpKeys {
  resource: string;
  authorization_url: string;
  token_url: string;
  registration_url: string;
  scopes: readonly string[];
  base_url: string;
}

export interface CatalogAuthKeys {
  none: Fields<CatalogBearerKeys>;
  bearer: Fields<CatalogBearerKeys>;
  api_key: Fields<CatalogApiKeyKeys>;
  basic: Fields<CatalogBasicKeys>;
  oauth1: Fields<CatalogOAuth1Keys>;
  oauth2_client_credentials: Fields<CatalogOAuth2Keys>;
  oauth2: Fields<CatalogOAuth2Keys>;
  mcp: Fields<CatalogMcpKeys>;
}

export type CatalogAuthFields = Fields<CatalogAuthKeys>;
export type CatalogOAuth2Fields = Fields<CatalogOAuth2Keys>;
export type CatalogOAuth1Fields = Fields<CatalogOAuth1Keys>;
export type CatalogMcpFields = Fields<CatalogMcpKeys>;

const BASE_URL = {
  shape: text,
  doc: 'Where requests go under this way to authenticate, if elsewhere. May hold `{variable}`.',
};

const PLAIN: Shape<Fields<CatalogBearerKeys>> = record<CatalogBearerKeys>({ base_url: BASE_URL });

const API_KEY: Shape<Fields<CatalogApiKeyKeys>> = record<CatalogApiKeyKeys>(
  {
    in: {
      shape: word(['header', 'query', 'path']),
      doc: "Where the key goes. `path`: in place of a segment of the caller's path.",
      required: true,
    },
    name: {
      shape: text,
      doc: 'Name of the header or query parameter; the segment that the key replaces, such as `:token`.',
      required: true,
    },
    value: { shape: text, doc: 'What is sent; holds `{credential}` once.', default: '{credential}' },
    base_url: BASE_URL,
  },
  {},
  { in: ['name', 'value'] },
);

const BASIC: Shape<Fields<CatalogBasicKeys>> = record<CatalogBasicKeys>(
  {
    username: {
      shape: anyText,
      doc: 'What is sent as user name. With `{credential}` here or in `password`, connections give `credential`.',
      default: "the connection's `username`",
    },
    password: { shape: anyText, doc: 'What is sent as password.', default: "the connection's `password`" },
    base_url: BASE_URL,
  },
  {},
  { username: ['password'], password: ['username'] },
);

const TOKEN_ERROR: Shape<Fields<TokenErrorKeys>> = record<TokenErrorKeys>({
  pointer: {
    shape: anyText,
    doc: 'JSON pointer to what tells an error from a success.',
    required: true,
  },
  equals: { shape: anyText, doc: 'What stands there in an error, as text.', required: true },
  reason: { shape: anyText, doc: 'JSON pointer to what the error is.' },
});

const TOKEN_PLACEMENT: Shape<Fields<TokenPlacementKeys>> = record<TokenPlacementKeys>(
  {
    in: { shape: word(['header', 'query']), doc: 'Where the access token goes.', required: true },
    name: { shape: text, doc: 'Name of the header or query parameter.', required: true },
    value: { shape: text, doc: 'What is sent; holds `{credential}` once.', default: '{credential}' },
  },
  {},
  { in: ['name', 'value'] },
);

const OAUTH2: Shape<CatalogOAuth2Fields> = record<CatalogOAuth2Keys>({
  authorization_url: { shape: text, doc: 'Authorization endpoint. May hold `{variable}`.' },
  token_url: { shape: text, doc: 'Token endpoint. May hold `{variable}`.' },
  refresh_url: {
    shape: text,
    doc: 'Where tokens are refreshed. May hold `{variable}`.',
    default: '`token_url`',
  },
  scopes: { shape: words, doc: 'Scopes to ask for where the connection names none.' },
  scope_separator: { shape: anyText, doc: 'What stands between scopes.', default: 'one space' },
  prompt: { shape: text, doc: 'The `prompt` parameter of the authorization request.' },
  token_auth: {
    shape: word(['basic', 'post']),
    doc: 'How the client proves itself: HTTP Basic or body.',
    default: 'basic',
  },
  token_body: { shape: word(['form', 'json']), doc: 'How the token request is written.', default: 'form' },
  pkce: { shape: flag, doc: 'Send an S256 challenge (RFC 7636).', default: 'true' },
  authorize_params: { shape: map(anyText), doc: 'Extra parameters of the authorization request.' },
  drop_authorize_params: { shape: words, doc: 'Parameters that the authorization request goes without.' },
  token_params: { shape: map(anyText), doc: 'Extra parameters where a code is exchanged.' },
  refresh_params: { shape: map(anyText), doc: 'Extra parameters where a token is refreshed.' },
  lifetime: { shape: longDuration, doc: 'How long an access token lives where the vendor does not say.' },
  refresh_max_lifetime: {
    shape: longDuration,
    doc: 'How long a refresh token lives where the vendor does not say.',
  },
  access_token: {
    shape: text,
    doc: 'JSON pointer to the access token in the answer.',
    default: '/access_token',
  },
  error: { shape: TOKEN_ERROR, doc: 'Which answer of status 200 is an error.' },
  send: {
    shape: TOKEN_PLACEMENT,
    doc: 'How the access token goes into a request, under `bearer` too.',
    default: '`Authorization: Bearer`',
  },
  base_url: BASE_URL,
});

const OAUTH1: Shape<CatalogOAuth1Fields> = record<CatalogOAuth1Keys>({
  request_url: { shape: text, doc: 'Where temporary credentials come from.' },
  authorization_url: { shape: text, doc: 'Where the account agrees.' },
  token_url: { shape: text, doc: 'Where token credentials come from.' },
  authorize_params: { shape: map(anyText), doc: 'Extra parameters of the authorization request.' },
  base_url: BASE_URL,
});

const MCP: Shape<CatalogMcpFields> = record<CatalogMcpKeys>({
  resource: { shape: text, doc: 'The `resource` that tokens are asked for (RFC 8707).' },
  authorization_url: { shape: text, doc: 'Authorization endpoint.', default: 'what the server tells' },
  token_url: { shape: text, doc: 'Token endpoint.', default: 'what the server tells' },
  registration_url: {
    shape: text,
    doc: 'Where clients register themselves (RFC 7591).',
    default: 'what the server tells',
  },
  scopes: { shape: words, doc: 'Scopes to ask for.' },
  base_url: BASE_URL,
});

/** The ways to authenticate that a catalog offers. */
export const CATALOG_AUTH: Shape<CatalogAuthFields> = record<CatalogAuthKeys>({
  none: { shape: PLAIN, doc: 'No authentication.' },
  bearer: { shape: PLAIN, doc: '`Authorization: Bearer` with a token.' },
  api_key: { shape: API_KEY, doc: 'A key in a header, a query parameter or the path.' },
  basic: { shape: BASIC, doc: 'Basic authentication.' },
  oauth1: { shape: OAUTH1, doc: 'OAuth 1.' },
  oauth2_client_credentials: { shape: OAUTH2, doc: 'OAuth 2, client credentials.' },
  oauth2: { shape: OAUTH2, doc: 'OAuth 2, authorization code.' },
  mcp: { shape: MCP, doc: 'An MCP server that signs accounts in.' },
});
