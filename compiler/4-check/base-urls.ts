import { readBaseUrl } from '../../table/rules/base-url.ts';
import { catalogFacts } from '../3-resolve/catalog-facts.ts';
import { effectiveBaseUrl } from '../3-resolve/effective.ts';
import type { Model } from '../3-resolve/model.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Field } from '../fields/field.ts';
import { hideSpan } from '../source/span.ts';
import { isPublicHost } from './is-public-host.ts';
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
  for (const field of writtenBaseUrls(model)) check(field, report);
};

function writtenBaseUrls(model: Model): Field<string>[] {
  const own = model.connections.flatMap(({ fields }) => fields.base_url ?? []);
  return [...own, ...catalogFacts(model).flatMap((facts) => facts.base_url ?? [])];
}

function check(field: Field<string>, report: Report): void {
  if (field.value === undefined) return;
  const url = readBaseUrl(field.value);
  if ('fault' in url) {
    // A secret may stand in the user name or query, or have been pasted here whole.
    if (!/^[a-z]+:\/\/[^@?#]*$/.test(field.value)) hideSpan(field.span);
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
