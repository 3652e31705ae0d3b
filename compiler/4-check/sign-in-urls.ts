import { fillVariables } from '../../table/rules/variable-text.ts';
import { catalogFacts } from '../3-resolve/catalog-facts.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Field } from '../fields/field.ts';
import { hideSpan } from '../source/span.ts';
import { isPublicHost } from '../../table/rules/is-public-host.ts';
import type { Rule } from './rule.ts';

/**
 * Token and authorization URLs are absolute http or https, with a host, without user name or fragment.
 * The message names the key and never the value: people paste secrets into the wrong field.
 */
export const signInUrls: Rule = (model, report) => {
  for (const { fields } of model.connections) {
    check('oauth2_token_url', fields.oauth2_token_url, report);
    check('oauth2_authorization_url', fields.oauth2_authorization_url, report);
  }
  for (const facts of catalogFacts(model)) {
    const auth = facts.auth?.value;
    for (const oauth2 of [auth?.oauth2?.value, auth?.oauth2_client_credentials?.value]) {
      check('token_url', filled(oauth2?.token_url), report);
      check('authorization_url', filled(oauth2?.authorization_url), report);
      check('refresh_url', filled(oauth2?.refresh_url), report);
    }
    for (const key of ['request_url', 'authorization_url', 'token_url'] as const)
      check(key, auth?.oauth1?.value?.[key], report);
    for (const key of ['resource', 'authorization_url', 'token_url', 'registration_url'] as const)
      check(key, auth?.mcp?.value?.[key], report);
  }
};

/** A variable stands for what a host or segment may hold, which its value is checked for. */
function filled(field: Field<string> | undefined): Field<string> | undefined {
  if (field?.value === undefined) return field;
  return { ...field, value: fillVariables(field.value, () => 'x') };
}

function check(name: string, field: Field<string> | undefined, report: Report): void {
  if (field?.value === undefined) return;
  const fault = faultOf(field.value);
  if (fault === null) {
    warnOfPlainHttp(name, field, new URL(field.value), report);
    return;
  }
  hideSpan(field.span);
  report(diagnostic('GW4004', field.span, { message: `${quote(name)} ${fault}` }));
}

/** Identity providers inside a network are often http; a public one is worth a warning, not more. */
function warnOfPlainHttp(name: string, field: Field<string>, url: URL, report: Report): void {
  if (url.protocol !== 'http:' || !isPublicHost(url.hostname)) return;
  hideSpan(field.span);
  report(
    diagnostic('GW4003', field.span, {
      severity: 'warning',
      message: `${quote(name)} calls a public host over plain http`,
      help: 'what is secret crosses the network readable; use https',
    }),
  );
}

function faultOf(written: string): string | null {
  if (!/^https?:\/\/[^/?#\\]+/i.test(written) || /[\s\\]/.test(written) || !URL.canParse(written)) {
    return 'is not an absolute http or https URL';
  }
  const url = new URL(written);
  if (url.username !== '' || url.password !== '' || /^[^/]*\/\/[^/?#]*@/.test(written)) {
    return 'holds a user name or password';
  }
  return written.includes('#') ? 'holds a fragment' : null;
}
