import { JSON_POINTER } from './rules/json-pointer.ts';
import { flag, integer, list, nullable, pairs, record, text, textWhere, word } from './shape.ts';
import type { Shape } from './shape.ts';
import type * as t from './types.ts';
import { headerName, queryName, queryText, secret, value } from './value-shapes.ts';

/** The shapes of what a connection proves itself with. */

/** A JSON pointer (RFC 6901); the empty one is the whole document. */
export const pointer: Shape<string> = textWhere('a JSON pointer', (written) => JSON_POINTER.test(written));

const parameters: Shape<t.Parameters> = pairs(text);

const oauth2 = record<t.OAuth2Plan>({
  grant: word('authorization_code', 'client_credentials'),
  authorization_url: nullable(text),
  token_url: text,
  refresh_url: nullable(text),
  client_id: value,
  client_secret: secret,
  scopes: list(text),
  scope_separator: text,
  prompt: nullable(text),
  endpoint_auth_style: word('header', 'params'),
  token_body: word('form', 'json'),
  pkce: flag,
  authorize_params: parameters,
  drop_authorize_params: list(text),
  token_params: parameters,
  refresh_params: parameters,
  lifetime_ms: nullable(integer(1)),
  refresh_max_lifetime_ms: nullable(integer(1)),
  access_token: pointer,
  error: nullable(
    record<NonNullable<t.OAuth2Plan['error']>>({ pointer, equals: text, reason: nullable(pointer) }),
  ),
  send: record<t.TokenPlacement>({
    in: word('header', 'query'),
    name: text,
    prefix: text,
    suffix: text,
  }),
});

const oauth1 = record<t.OAuth1Plan>({
  client_id: value,
  client_secret: secret,
  request_url: nullable(text),
  authorization_url: nullable(text),
  token_url: nullable(text),
  authorize_params: parameters,
});

const mcp = record<t.McpPlan>({
  resource: nullable(text),
  authorization_url: nullable(text),
  token_url: nullable(text),
  registration_url: nullable(text),
  scopes: list(text),
});

const CREDENTIALS: {
  readonly [K in t.CredentialPlan['kind']]: Shape<Extract<t.CredentialPlan, { kind: K }>>;
} = {
  none: record({ kind: word('none') }),
  header: record({ kind: word('header'), name: headerName, prefix: text, suffix: text, secret }),
  query: record({
    kind: word('query'),
    name: queryName,
    prefix: queryText,
    suffix: queryText,
    secret,
  }),
  path: record({ kind: word('path'), segment: text, prefix: text, suffix: text, secret }),
  basic: record({ kind: word('basic'), username: value, password: nullable(value) }),
  oauth2: record({ kind: word('oauth2'), oauth2 }),
  oauth1: record({ kind: word('oauth1'), oauth1 }),
  mcp: record({ kind: word('mcp'), mcp }),
};

export const credential: Shape<t.CredentialPlan> = (plan, path) => {
  const kind: unknown = typeof plan === 'object' && plan !== null ? Reflect.get(plan, 'kind') : undefined;
  const kinds = Object.keys(CREDENTIALS) as t.CredentialPlan['kind'][];
  return CREDENTIALS[word(...kinds)(kind, `${path}.kind`)](plan, path);
};
