import type { CredentialPlan, McpPlan, OAuth1Plan, Secret, Value } from '../../table/types.ts';
import type { Field } from '../fields/field.ts';
import {
  catalogMcp,
  catalogOAuth1,
  DEFAULT_KEY_HEADER,
  effectiveBasicForm,
  effectiveKeyPlacement,
  effectiveTokenPlacement,
} from '../3-resolve/effective.ts';
import type { KeyPlacement } from '../3-resolve/effective.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { placeOf } from '../source/span.ts';
import { lowerOAuth2 } from './lower-oauth2.ts';
import type { TextFiller } from './lower-variables.ts';
import { aroundCredential, lowerParameters, lowerSecret, lowerValue, must } from './values.ts';

/** Gives how a connection's credential goes into a request. */
export function lowerCredential(connection: ConnectionModel, filler: TextFiller): CredentialPlan {
  switch (connection.authMode) {
    case null:
      throw new Error('a connection without auth_mode passed the checks');
    case 'none':
      return { kind: 'none' };
    case 'bearer':
      return lowerToken(connection);
    case 'api_key':
      return lowerKey(connection);
    case 'basic':
      return lowerBasic(connection);
    case 'oauth1':
      return { kind: 'oauth1', oauth1: lowerOAuth1(connection) };
    case 'oauth2_client_credentials':
      return { kind: 'oauth2', oauth2: lowerOAuth2(connection, 'client_credentials', filler) };
    case 'oauth2_authorization_code':
      return { kind: 'oauth2', oauth2: lowerOAuth2(connection, 'authorization_code', filler) };
    case 'mcp':
      return connection.fields.credential === undefined
        ? { kind: 'mcp', mcp: lowerMcp(connection) }
        : lowerToken(connection);
  }
}

function lowerToken(connection: ConnectionModel): CredentialPlan {
  const send = effectiveTokenPlacement(connection);
  const secret = declaredOrBrought(connection);
  if (send === null) {
    return { kind: 'header', name: 'Authorization', prefix: 'Bearer ', suffix: '', secret };
  }
  const { prefix, suffix } = aroundCredential(send.value ?? null);
  return { kind: must(send.in), name: must(send.name), prefix, suffix, secret };
}

function lowerKey(connection: ConnectionModel): CredentialPlan {
  const placement = effectiveKeyPlacement(connection);
  const { prefix, suffix } = aroundCredential(placement.template);
  const secret = declaredOrBrought(connection);
  const name = nameOf(placement);
  return placement.in === 'path'
    ? { kind: 'path', segment: name, prefix, suffix, secret }
    : { kind: placement.in, name, prefix, suffix, secret };
}

/** With grants each account brings its own credential. */
function isBrought({ fields }: ConnectionModel): boolean {
  return fields.grants?.value === true;
}

function declaredOrBrought(connection: ConnectionModel): Secret {
  if (isBrought(connection)) return { grant: 'credential', at: placeOf(connection.key) };
  return lowerSecret(connection.fields.credential);
}

function nameOf({ name }: KeyPlacement): string {
  return name === null ? DEFAULT_KEY_HEADER : must(name);
}

function lowerBasic(connection: ConnectionModel): CredentialPlan {
  const { fields } = connection;
  const form = effectiveBasicForm(connection);
  if (form === null && isBrought(connection)) {
    const at = placeOf(connection.key);
    return { kind: 'basic', username: { grant: 'username', at }, password: { grant: 'password', at } };
  }
  if (form === null) {
    const username = fields.username === undefined ? emptyUsername(connection) : lowerValue(fields.username);
    const password = fields.password === undefined ? null : lowerSecret(fields.password);
    return { kind: 'basic', username, password };
  }
  const secret = declaredOrBrought(connection);
  return {
    kind: 'basic',
    username: partOf(form.username, secret) ?? emptyUsername(connection),
    password: partOf(form.password, secret),
  };
}

/** A user name that is empty: the colon stands alone before the password. */
function emptyUsername({ key }: ConnectionModel): Value {
  return { text: '', at: placeOf(key) };
}

function partOf(field: Field<string> | undefined, secret: Secret): Value | null {
  if (field === undefined) return null;
  const text = must(field);
  return text === '{credential}' ? secret : { text, at: placeOf(field.key) };
}

function lowerOAuth1(connection: ConnectionModel): OAuth1Plan {
  const { fields } = connection;
  const offered = catalogOAuth1(connection);
  return {
    client_id: lowerValue(present(fields.oauth1_client_id)),
    client_secret: lowerSecret(fields.oauth1_client_secret),
    request_url: offered.request_url?.value ?? null,
    authorization_url: offered.authorization_url?.value ?? null,
    token_url: offered.token_url?.value ?? null,
    authorize_params: lowerParameters(offered.authorize_params),
  };
}

function lowerMcp(connection: ConnectionModel): McpPlan {
  const offered = catalogMcp(connection);
  return {
    resource: offered.resource?.value ?? null,
    authorization_url: offered.authorization_url?.value ?? null,
    token_url: offered.token_url?.value ?? null,
    registration_url: offered.registration_url?.value ?? null,
    scopes: offered.scopes?.value ?? [],
  };
}

function present<T>(field: T | undefined): T {
  if (field === undefined) throw new Error('a field that the checks require is absent');
  return field;
}
