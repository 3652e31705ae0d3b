import type { ConnectionModel } from '../3-resolve/model.ts';
import { catalogOAuth2 } from '../3-resolve/effective.ts';
import { connectionVariables, missingVariables, namesIn, usedTexts } from '../3-resolve/variables.ts';
import type { VariableModel } from '../3-resolve/variables.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { didYouMean } from '../../table/rules/nearest-name.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Field } from '../fields/field.ts';
import { hideSpan } from '../source/span.ts';
import { faultOf } from './catalog-variables.ts';
import { checkFit } from './variable-fit.ts';
import type { Rule } from './rule.ts';

/** A connection gives the variables that its requests need, and values that fit where they stand. */
export const variables: Rule = (model, report) => {
  for (const connection of model.connections) {
    const known = connectionVariables(connection);
    checkNames(connection, known, report);
    for (const variable of known.values()) checkValue(variable, report);
    checkPresent(connection, known, report);
    checkInTime(connection, known, report);
    for (const used of usedTexts(connection)) checkFit({ connection, used, known }, report);
  }
};

type Known = ReadonlyMap<string, VariableModel>;

function checkNames(connection: ConnectionModel, known: Known, report: Report): void {
  const { fields, catalog } = connection;
  if (fields.catalog !== undefined && catalog === null) return;
  for (const [name, field] of fields.variables?.value ?? []) {
    if (known.has(name)) continue;
    hideSpan(field.span);
    report(
      diagnostic('GW4030', field.key, {
        message:
          catalog === null
            ? `without a catalog there is no variable ${quote(name)}`
            : `the catalog ${quote(catalog.catalog.name)} has no variable ${quote(name)}`,
        label: didYouMean(name, [...known.keys()]),
      }),
    );
  }
}

function checkValue({ name, declared, given }: VariableModel, report: Report): void {
  const written = given?.value;
  if (given === null || written?.kind !== 'literal' || declared.value === undefined) return;
  if (declared.value.from?.value === 'secret') {
    hideSpan(given.span);
    report(
      diagnostic('GW4032', given.span, {
        message: `${quote(name)} is a secret, and is written out`,
        help: 'write ${env:NAME} or ${file:PATH}; if it was committed, revoke it',
      }),
    );
    return;
  }
  const fault = faultOf(written.text, declared.value);
  if (fault === null) return;
  report(
    diagnostic('GW4032', given.span, {
      message: `the value of ${quote(name)} ${fault}`,
      notes: [{ message: 'the variable is declared here', span: declared.key }],
    }),
  );
}

function checkPresent(connection: ConnectionModel, known: Known, report: Report): void {
  for (const { name, used } of missingVariables(connection)) {
    const doc = known.get(name)?.declared.value?.doc?.value;
    report(
      diagnostic('GW4031', connection.key, {
        message:
          name === 'username'
            ? 'the catalog puts the user name into the path, and the connection has no `username`'
            : `the connection ${quote(connection.name)} needs a value for ${quote(name)}`,
        help:
          name === 'username'
            ? null
            : `add \`variables: { ${name}: … }\`${doc === undefined ? '' : `: ${doc}`}`,
        notes: [{ message: 'it is used here', span: used.field.span }],
      }),
    );
  }
}

/** What a sign-in tells is no part of where it begins: of the way to the consent, nor, but for the callback, to the token. */
function checkInTime(connection: ConnectionModel, known: Known, report: Report): void {
  if (connection.authMode !== 'oauth2_authorization_code') return;
  const { fields } = connection;
  const { authorization_url, token_url } = catalogOAuth2(connection);
  const late = (text: Field<string> | undefined, sources: readonly string[]): void => {
    for (const name of namesIn(text?.value ?? '')) {
      const variable = known.get(name);
      const declared = variable?.declared.value;
      if (text === undefined || variable?.brought !== true || declared?.default !== undefined) continue;
      if (!sources.includes(declared?.from?.value ?? 'connection')) continue;
      report(
        diagnostic('GW4031', connection.key, {
          message: `${quote(name)} is told by the sign-in, which needs it to begin`,
          notes: [{ message: 'it is needed here', span: text.span }],
          help: `add \`variables: { ${name}: … }\``,
        }),
      );
    }
  };
  if (fields.oauth2_authorization_url === undefined)
    late(authorization_url, ['token_response', 'callback', 'lookup']);
  if (fields.oauth2_token_url === undefined) late(token_url, ['token_response', 'lookup']);
}
