import { catalogFacts } from '../3-resolve/catalog-facts.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Field } from '../fields/field.ts';
import type { Rule } from './rule.ts';

/** What a scope is made of (RFC 6749 3.3). */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Scopes are sent as they are written, so each is one scope: lists with commas are another tool's. */
export const scopes: Rule = (model, report) => {
  for (const { fields } of model.connections) check(fields.oauth2_scopes, report);
  for (const { auth } of catalogFacts(model)) {
    const { oauth2, oauth2_client_credentials: client, mcp } = auth?.value ?? {};
    for (const way of [oauth2, client, mcp]) check(way?.value?.scopes, report);
  }
};

function check(field: Field<readonly string[]> | undefined, report: Report): void {
  const wrong = field?.value?.find((scope) => !SCOPE.test(scope) || /^,|,$/.test(scope));
  if (field === undefined || wrong === undefined) return;
  report(
    diagnostic('GW4035', field.span, {
      message: `${quote(wrong)} is no scope`,
      help: 'write scopes with spaces between them, or as a list; the catalog says what is sent between them',
    }),
  );
}
