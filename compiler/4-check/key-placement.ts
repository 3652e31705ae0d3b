import { headerValueFault, isHeaderName } from '../../table/rules/header-syntax.ts';
import { isParameterName } from '../../table/rules/parameter-name.ts';
import { apiKeyHeaderFault } from '../../table/rules/operator-headers.ts';
import { catalogFacts } from '../3-resolve/catalog-facts.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Field } from '../fields/field.ts';
import { reportName } from './headers.ts';
import type { Rule } from './rule.ts';

/** The header or parameter of an API key can carry it, and a catalog's `value` holds the key once. */
export const keyPlacement: Rule = (model, report) => {
  for (const { fields } of model.connections) {
    checkHeader('api_key_header', fields.api_key_header, report);
    checkParameter('api_key_param', fields.api_key_param, report);
  }
  for (const facts of catalogFacts(model)) {
    const key = facts.auth?.value?.api_key?.value;
    if (key?.in?.value === 'header') checkHeader('name', key.name, report);
    if (key?.in?.value === 'query') checkParameter('name', key.name, report);
    checkTemplate(key?.value, report);
  }
};

function checkHeader(key: string, field: Field<string> | undefined, report: Report): void {
  if (field?.value === undefined) return;
  const name = field.value;
  if (name === '') {
    report(
      diagnostic('GW4013', field.span, {
        message: `${quote(key)} is empty`,
        help: 'write the name of the header that carries the key',
      }),
    );
  } else if (!isHeaderName(name)) {
    reportName('GW4013', name, field.span, report);
  } else if (apiKeyHeaderFault(name) !== null) {
    report(
      diagnostic('GW4013', field.span, {
        message: `the header ${quote(name)} cannot carry an API key`,
        help: 'it is dropped or written anew on the way to the upstream',
      }),
    );
  }
}

function checkParameter(key: string, field: Field<string> | undefined, report: Report): void {
  if (field?.value === undefined || isParameterName(field.value)) return;
  const fault = field.value === '' ? 'is empty' : 'holds half a surrogate pair, which no URL can carry';
  report(
    diagnostic('GW4014', field.span, {
      message: `${quote(key)} ${fault}`,
      help: 'write the name of the query parameter that carries the key',
    }),
  );
}

function checkTemplate(field: Field<string> | undefined, report: Report): void {
  if (field?.value === undefined) return;
  const parts = field.value.split('{credential}');
  if (parts.length === 2 && headerValueFault(parts.join('x')) === null) return;
  report(
    diagnostic('GW4014', field.span, {
      message: '`value` holds `{credential}` exactly once, and what a header can carry around it',
      help: 'write for example "Bearer {credential}"',
    }),
  );
}
