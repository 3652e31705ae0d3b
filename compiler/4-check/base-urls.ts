import { readBaseUrl } from '../../table/rules/base-url.ts';
import { fillVariables } from '../../table/rules/variable-text.ts';
import { catalogFacts } from '../3-resolve/catalog-facts.ts';
import { effectiveBaseUrl } from '../3-resolve/effective.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { CatalogVersionFields } from '../fields/catalog-fields.ts';
import type { Field } from '../fields/field.ts';
import { hideSpan } from '../source/span.ts';
import { isPublicHost } from '../../table/rules/is-public-host.ts';
import type { Rule } from './rule.ts';

/** Every connection has a base_url; each is well-formed, and none calls a public host over plain http. */
export const baseUrls: Rule = (model, report) => {
  for (const connection of model.connections) {
    const catalogUnknown = connection.fields.catalog !== undefined && connection.catalog === null;
    if (effectiveBaseUrl(connection) !== null || catalogUnknown) continue;
    report(
      diagnostic('GW4001', connection.key, {
        message: `the connection ${quote(connection.name)} has no base_url`,
        help: 'add `base_url`, or name a `catalog` that has one',
      }),
    );
  }
  for (const { fields } of model.connections)
    if (fields.base_url?.value !== undefined) check(fields.base_url, fields.base_url.value, report);
  for (const field of catalogFacts(model).flatMap(baseUrlsOf)) {
    // A variable stands for what a host or segment may hold, which its value is checked for.
    if (field.value !== undefined)
      check(
        field,
        fillVariables(field.value, () => 'x'),
        report,
      );
  }
};

/** Gives every base_url of a set of facts: its own, those of ways to authenticate, those of further hosts. */
function baseUrlsOf({ base_url: own, auth, hosts }: CatalogVersionFields): Field<string>[] {
  return [
    own,
    ...Object.values(auth?.value ?? {}).map((way) => way.value?.base_url),
    ...(hosts?.value ?? []).map((host) => host.value?.base_url),
  ].filter((field) => field !== undefined);
}

function check(field: Field<string>, written: string, report: Report): void {
  const url = readBaseUrl(written);
  if ('fault' in url) {
    // A secret may stand in the user name or query, or have been pasted here whole.
    if (!/^[a-z]+:\/\/[^@?#]*$/.test(written)) hideSpan(field.span);
    report(diagnostic('GW4002', field.span, { message: `base_url ${url.fault}` }));
  } else if (url.scheme === 'http' && isPublicHost(url.host)) {
    report(
      diagnostic('GW4003', field.span, {
        message: `${quote(url.host)} is a public host, called over plain http`,
        help: 'use https; plain http is for loopback, private addresses and internal names',
      }),
    );
  }
}
