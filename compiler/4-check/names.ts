import { CONNECTION_NAME, RESERVED_CONNECTION_NAMES } from '../../table/rules/connection-name.ts';
import type { Declared } from '../3-resolve/model.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote, quoteList } from '../diagnostic/quote.ts';
import type { Rule } from './rule.ts';

/** What callers and personas may be named. */
export const CALLER_OR_PERSONA_NAME: RegExp = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/;
/** The same in words. */
export const CALLER_OR_PERSONA_FORM =
  'a letter or digit, then up to 127 of A-Z, a-z, 0-9, ".", "_", "@" and "-"';
/** What connections may be named, in words. */
export const CONNECTION_FORM = 'a lower-case letter, then up to 63 of a-z, 0-9, "_" and "-"';
const DESCRIPTION_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Names have the letters that paths, logs and metrics can carry; a connection's is none that the gateway keeps. */
export const names: Rule = (model, report) => {
  for (const connection of model.connections) {
    if (RESERVED_CONNECTION_NAMES.has(connection.name)) {
      report(
        diagnostic('GW3004', connection.key, {
          message: `the gateway keeps the name ${quote(connection.name)} for itself`,
          help: `choose a name other than ${quoteList([...RESERVED_CONNECTION_NAMES], 'or')}`,
        }),
      );
    } else if (!CONNECTION_NAME.test(connection.name)) {
      bad(connection, 'a connection', CONNECTION_FORM, report);
    }
  }
  for (const caller of model.callers) {
    if (!CALLER_OR_PERSONA_NAME.test(caller.name)) bad(caller, 'a caller', CALLER_OR_PERSONA_FORM, report);
  }
  for (const persona of model.personas) {
    if (!CALLER_OR_PERSONA_NAME.test(persona.name)) bad(persona, 'a persona', CALLER_OR_PERSONA_FORM, report);
  }
  for (const description of model.catalogs
    .flatMap((catalog) => catalog.versions)
    .flatMap((one) => one.descriptions)) {
    if (DESCRIPTION_NAME.test(description.name)) continue;
    bad(
      description,
      'a description',
      'a letter or digit, then up to 63 of A-Z, a-z, 0-9, ".", "_" and "-"',
      report,
    );
  }
};

function bad(declared: Declared<unknown>, kind: string, form: string, report: Report): void {
  report(
    diagnostic('GW3003', declared.key, {
      message: `${quote(declared.name)} cannot be the name of ${kind}`,
      help: `a name is ${form}`,
    }),
  );
}
