import { AUTH_MODES } from '../../table/rules/auth-modes.ts';
import { isHeaderName } from '../../table/rules/header-syntax.ts';
import { JSON_POINTER } from '../../table/rules/json-pointer.ts';
import { targetFault } from '../../table/rules/target.ts';
import { catalogFacts } from '../3-resolve/catalog-facts.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { didYouMean } from '../../table/rules/nearest-name.ts';
import { quote } from '../diagnostic/quote.ts';
import type { CatalogVersionFields } from '../fields/catalog-fields.ts';
import type { Field } from '../fields/field.ts';
import { hideSpan } from '../source/span.ts';
import type { Span } from '../source/span.ts';
import { reportName } from './headers.ts';
import { SERVED } from './routes.ts';
import type { Rule } from './rule.ts';

/** Pointers, links, header names and the verify request of catalogs are well-formed. */
export const catalogFields: Rule = (model, report) => {
  for (const facts of catalogFacts(model)) {
    for (const field of pointersOf(facts)) checkPointer(field, report);
    for (const field of httpsUrlsOf(facts)) checkUrl(field, report);
    for (const field of headerNamesOf(facts)) {
      if (field.value !== undefined && !isHeaderName(field.value))
        reportName('GW4009', field.value, field.span, report);
    }
    checkVerify(facts, report);
    checkOwnParameters(facts, report);
    checkDescribedWays(facts, report);
    for (const { span, value } of facts.retry?.value?.statuses?.value ?? []) {
      if (value !== undefined && value > 599)
        report(diagnostic('GW6025', span, { message: `${value} is no status`, help: 'write 100 to 599' }));
    }
  }
};

const WAYS: readonly string[] = AUTH_MODES.map((mode) => mode.catalog_key);

type Text = Field<string>;

function pointersOf({ variables, auth, retry }: CatalogVersionFields): Text[] {
  const declared = [...(variables?.value?.values() ?? [])].map(({ value }) => value);
  const oauth2 = [auth?.value?.oauth2?.value, auth?.value?.oauth2_client_credentials?.value];
  return [
    ...declared.flatMap((variable) => {
      const lookup = variable?.lookup?.value;
      return [variable?.pointer, lookup?.pointer, lookup?.list, lookup?.title];
    }),
    ...oauth2.flatMap((way) => [way?.access_token, way?.error?.value?.pointer, way?.error?.value?.reason]),
    retry?.value?.body?.value?.pointer,
  ].filter((field) => field !== undefined);
}

function httpsUrlsOf({ docs, variables }: CatalogVersionFields): Text[] {
  const lookups = [...(variables?.value?.values() ?? [])].map(({ value }) => value?.lookup?.value?.url);
  return [docs, ...lookups].filter((field) => field !== undefined);
}

function headerNamesOf({ retry }: CatalogVersionFields): Text[] {
  const after = retry?.value?.after?.value ?? [];
  return [...after.map(({ value }) => value?.header), retry?.value?.remaining].filter(
    (field) => field !== undefined,
  );
}

function checkPointer({ span, value }: Text, report: Report): void {
  if (value === undefined || JSON_POINTER.test(value)) return;
  report(
    diagnostic('GW6025', span, {
      message: `${quote(value)} is no JSON pointer`,
      help: 'write for example `/data/0/id`; the empty text means the whole answer',
    }),
  );
}

function checkUrl({ span, value }: Text, report: Report): void {
  if (value === undefined) return;
  const url = /^https:\/\/[^\s\\{}]+$/.test(value) && URL.canParse(value) ? new URL(value) : null;
  if (url !== null && url.username === '' && url.password === '') return;
  hideSpan(span);
  report(diagnostic('GW6025', span, { message: 'this is no absolute https URL' }));
}

/** What tells the answer of a sign-in from a forged one, and what no catalog holds. */
const OWN_PARAMETERS = ['client_id', 'redirect_uri', 'state'];

/** Parameters of a sign-in that are the gateway's own stand in no catalog, nor does a client's secret. */
function checkOwnParameters({ auth }: CatalogVersionFields, report: Report): void {
  const wrong = (name: string, span: Span): void =>
    report(
      diagnostic('GW6025', span, {
        message: `${quote(name)} is no parameter for a catalog: the gateway sends its own`,
        help: 'remove it',
      }),
    );
  for (const way of [auth?.value?.oauth2?.value, auth?.value?.oauth2_client_credentials?.value]) {
    for (const [name, { key }] of way?.authorize_params?.value ?? [])
      if (OWN_PARAMETERS.includes(name)) wrong(name, key);
    const drop = way?.drop_authorize_params;
    for (const name of drop?.value ?? [])
      if (OWN_PARAMETERS.includes(name) && drop !== undefined) wrong(name, drop.span);
    for (const params of [way?.token_params, way?.refresh_params]) {
      const secret = params?.value?.get('client_secret');
      if (secret === undefined) continue;
      hideSpan(secret.span);
      wrong('client_secret', secret.key);
    }
  }
}

function checkDescribedWays({ descriptions }: CatalogVersionFields, report: Report): void {
  for (const { value: description } of descriptions?.value?.values() ?? []) {
    const ways = description?.auth;
    const unknown = ways?.value?.find((way) => !WAYS.includes(way));
    if (ways?.value?.length === 0)
      report(
        diagnostic('GW6025', ways.span, {
          message: 'an empty list names no way',
          help: 'leave it out for all',
        }),
      );
    if (ways === undefined || unknown === undefined) continue;
    report(
      diagnostic('GW6025', ways.span, {
        message: `${quote(unknown)} is no way to authenticate`,
        label: didYouMean(unknown, WAYS),
        help: 'write keys of `auth`',
      }),
    );
  }
}

function checkVerify({ verify }: CatalogVersionFields, report: Report): void {
  const { method, path } = verify?.value ?? {};
  if (method?.value !== undefined && !SERVED.includes(method.value))
    report(
      diagnostic('GW6025', method.span, {
        message: `${quote(method.value)} is no method`,
        label: didYouMean(method.value, SERVED),
      }),
    );
  if (path?.value !== undefined && targetFault(path.value) !== null)
    report(
      diagnostic('GW6025', path.span, {
        message: `${quote(path.value)} is no path that can be asked for`,
        help: 'it begins with "/" and stands behind `/{connection}`',
      }),
    );
}
