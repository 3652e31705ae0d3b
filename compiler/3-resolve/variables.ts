import { signsIn } from '../../table/rules/auth-modes.ts';
import { readVariableText } from '../../table/rules/variable-text.ts';
import type { VariableFields } from '../fields/catalog-variable-fields.ts';
import type { Field, Named } from '../fields/field.ts';
import type { Written } from '../fields/written.ts';
import {
  catalogBaseUrl,
  catalogOAuth2,
  effectiveBasicForm,
  effectiveDefaultHeaders,
  effectiveHosts,
  effectiveQuery,
  effectiveStaticHeaders,
} from './effective.ts';
import type { CatalogVersion, ConnectionModel } from './model.ts';

/** A variable of a catalog on one connection. */
export interface VariableModel {
  readonly name: string;
  readonly declared: Field<VariableFields>;
  /** What the connection writes. */
  readonly given: Field<Written> | null;
  /** Whether the account that signs in brings a value where the connection writes none. */
  readonly brought: boolean;
  /** What it is on every request, where that is public and known: what is written out, else the default. */
  readonly known: string | null;
}

/** A text of a catalog that a connection uses, and where in a request it stands. */
export interface UsedText {
  readonly field: Field<string>;
  /**
   * `destination`: a URL that requests go to. `path`: what is put in front of their path. `replaced`: one
   * segment of it. `header`, `query`: a value there. `sign-in`: a URL of OAuth.
   */
  readonly part: 'destination' | 'path' | 'replaced' | 'header' | 'query' | 'sign-in';
}

/** Gives the variables of a connection's catalog, by name. */
export function connectionVariables(connection: ConnectionModel): ReadonlyMap<string, VariableModel> {
  const variables = new Map<string, VariableModel>();
  const given = connection.fields.variables?.value;
  for (const [name, declared] of connection.catalog?.facts.variables?.value ?? []) {
    if (declared.value === undefined) continue;
    const field = given?.get(name) ?? null;
    const brought = field === null && isBrought(connection, declared.value);
    variables.set(name, {
      name,
      declared,
      given: field,
      brought,
      known: knownText(field, brought, declared.value),
    });
  }
  return variables;
}

/** Tells whether accounts sign in to a connection, or bring what it needs. */
function accountsSignIn({ fields, authMode }: ConnectionModel): boolean {
  return fields.grants?.value === true || (authMode !== null && signsIn(authMode));
}

function isBrought(connection: ConnectionModel, { from }: VariableFields): boolean {
  if (!accountsSignIn(connection)) return false;
  const source = from?.value ?? 'connection';
  return source === 'connection' ? connection.fields.grants?.value === true : source !== 'secret';
}

function knownText(given: Field<Written> | null, brought: boolean, declared: VariableFields): string | null {
  // A secret that was written out was reported, and nothing else is said of its value.
  if (given !== null && declared.from?.value === 'secret') return null;
  if (given !== null) return given.value?.kind === 'literal' ? given.value.text : null;
  return brought ? null : (declared.default?.value ?? null);
}

/** A variable that a connection needs and has no value for; `username` is that of Basic authentication. */
export interface MissingVariable {
  readonly name: string;
  /** The first text that needs it. */
  readonly used: UsedText;
}

/** Gives what a connection must still give a value for, each once. */
export function missingVariables(connection: ConnectionModel): MissingVariable[] {
  const known = connectionVariables(connection);
  const missing = new Map<string, MissingVariable>();
  for (const text of usedTexts(connection)) {
    for (const name of namesIn(text.field.value ?? '')) {
      if (!missing.has(name) && isMissing(connection, name, known)) missing.set(name, { name, used: text });
    }
  }
  return [...missing.values()];
}

function isMissing(
  connection: ConnectionModel,
  name: string,
  known: ReadonlyMap<string, VariableModel>,
): boolean {
  if (name === 'username') return isUsernameMissing(connection);
  const variable = known.get(name);
  // One that is not declared was reported where the text stands.
  if (variable === undefined || variable.given !== null || variable.brought || variable.known !== null)
    return false;
  return variable.declared.value?.optional?.value !== true;
}

/** Where one credential makes the pair, there is no user name beside it, with grants neither. */
function isUsernameMissing(connection: ConnectionModel): boolean {
  const { fields, authMode } = connection;
  if (authMode !== 'basic' || fields.username !== undefined) return false;
  return fields.grants?.value !== true || effectiveBasicForm(connection) !== null;
}

/** Gives the texts of a connection's catalog that its requests and its sign-in are made of. */
export function usedTexts(connection: ConnectionModel): UsedText[] {
  const oauth2 = catalogOAuth2(connection);
  const { oauth2_token_url: tokenUrl, oauth2_authorization_url: authorizationUrl } = connection.fields;
  const base = catalogBaseUrl(connection);
  return [
    ...used('destination', base ?? undefined),
    ...effectiveHosts(connection).flatMap(({ value }) => used('destination', value?.base_url)),
    ...pathTexts(connection.catalog),
    ...[effectiveDefaultHeaders(connection), effectiveStaticHeaders(connection)].flatMap((lines) =>
      usedIn('header', lines),
    ),
    ...usedIn('query', effectiveQuery(connection)),
    ...used('sign-in', tokenUrl === undefined ? oauth2.token_url : undefined),
    ...used('sign-in', authorizationUrl === undefined ? oauth2.authorization_url : undefined),
    ...used('sign-in', oauth2.refresh_url),
  ];
}

/** Gives every text in which a version of a catalog may use variables. */
export function variableTexts({ facts }: CatalogVersion): UsedText[] {
  const auth = facts.auth?.value ?? {};
  return [
    ...used('destination', facts.base_url),
    ...(facts.hosts?.value ?? []).flatMap(({ value }) => used('destination', value?.base_url)),
    ...Object.values(auth).flatMap((way) => used('destination', way.value?.base_url)),
    ...pathTexts({ facts }),
    ...[facts.default_headers, facts.static_headers].flatMap((lines) => usedIn('header', lines?.value)),
    ...usedIn('query', facts.query?.value),
    ...[auth.oauth2?.value, auth.oauth2_client_credentials?.value].flatMap((oauth2) => [
      ...used('sign-in', oauth2?.token_url),
      ...used('sign-in', oauth2?.authorization_url),
      ...used('sign-in', oauth2?.refresh_url),
    ]),
  ];
}

/** Gives the texts of a version of a catalog that are sent as they are written, where a variable could be meant. */
export function plainTexts({ facts }: CatalogVersion): Field<string>[] {
  const { oauth1, oauth2, oauth2_client_credentials: client, mcp } = facts.auth?.value ?? {};
  const oauth2Params = [oauth2?.value, client?.value].flatMap((way) => [
    way?.authorize_params,
    way?.token_params,
    way?.refresh_params,
  ]);
  const params = [oauth1?.value?.authorize_params, ...oauth2Params];
  return [
    facts.verify?.value?.path,
    oauth1?.value?.request_url,
    oauth1?.value?.authorization_url,
    oauth1?.value?.token_url,
    mcp?.value?.resource,
    mcp?.value?.authorization_url,
    mcp?.value?.token_url,
    mcp?.value?.registration_url,
    ...params.flatMap((field) => [...(field?.value?.values() ?? [])]),
  ].filter((field) => field !== undefined);
}

function pathTexts(catalog: Pick<CatalogVersion, 'facts'> | null): UsedText[] {
  const path = catalog?.facts.path?.value;
  return [...usedIn('replaced', path?.replace?.value), ...used('path', path?.prepend)];
}

function used(part: UsedText['part'], field: Field<string> | undefined): UsedText[] {
  return field?.value === undefined ? [] : [{ field, part }];
}

function usedIn(part: UsedText['part'], lines: Named<string> | undefined): UsedText[] {
  return [...(lines?.values() ?? [])].flatMap((field) => used(part, field));
}

/** Gives the names of the variables in a text; none where its braces are malformed. */
export function namesIn(text: string): string[] {
  return (readVariableText(text) ?? []).flatMap((piece) => (typeof piece === 'string' ? [] : piece.variable));
}
