import { isIP } from 'node:net';
import { inBlocks, refusedAddress } from '../../table/rules/address-ranges.ts';
import { isSegment } from '../../table/rules/encode-segment.ts';
import { headerValueFault } from '../../table/rules/header-syntax.ts';
import { placeDestination } from '../../table/rules/place-destination.ts';
import { catalogDestination } from '../3-resolve/catalog-destination.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { connectionVariables, missingVariables, namesIn, usedTexts } from '../3-resolve/variables.ts';
import type { UsedText, VariableModel } from '../3-resolve/variables.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { didYouMean } from '../diagnostic/nearest-name.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Span } from '../source/span.ts';
import { hideSpan } from '../source/span.ts';
import { faultOf } from './catalog-variables.ts';
import type { Rule } from './rule.ts';

/** A connection gives the variables that its requests need, and values that fit where they stand. */
export const variables: Rule = (model, report) => {
  for (const connection of model.connections) {
    const known = connectionVariables(connection);
    checkNames(connection, known, report);
    for (const variable of known.values()) checkValue(variable, report);
    checkPresent(connection, known, report);
    for (const used of usedTexts(connection)) checkFit(connection, used, known, report);
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

/** What a value that is known becomes a part of takes it. */
function checkFit(
  connection: ConnectionModel,
  { field, part }: UsedText,
  known: Known,
  report: Report,
): void {
  const text = field.value ?? '';
  const names = namesIn(text);
  if (names.length === 0) return;
  if (part === 'destination' || part === 'sign-in') {
    checkDestination(connection, { text, at: field.span }, known, report);
    return;
  }
  for (const name of names) {
    const variable = known.get(name);
    const value = variable?.known ?? null;
    if (variable === undefined || value === null) continue;
    const fits = part === 'line' ? headerValueFault(value) === null : isSegment(value);
    if (!fits)
      reportUnfit(
        variable,
        part === 'line' ? 'cannot stand in a header' : 'cannot be a segment of a path',
        report,
      );
  }
}

function checkDestination(
  connection: ConnectionModel,
  { text, at }: { readonly text: string; readonly at: Span },
  known: Known,
  report: Report,
): void {
  const template = catalogDestination(text, () => null);
  // What is not known yet stands for anything that fits.
  const placed = placeDestination(template, (name) => known.get(name)?.known ?? 'x');
  if ('fault' in placed) {
    const variable = placed.variable === null ? undefined : known.get(placed.variable);
    if (variable !== undefined) reportUnfit(variable, placed.fault, report);
    else
      report(
        diagnostic('GW4032', connection.key, {
          message: `the variables of ${quote(connection.name)} ${placed.fault}`,
          notes: [{ message: 'they are used here', span: at }],
        }),
      );
    return;
  }
  const allowed = (connection.fields.allow_private?.value ?? []).flatMap((block) => block.value ?? []);
  const why = isIP(placed.host) === 0 || inBlocks(placed.host, allowed) ? null : refusedAddress(placed.host);
  if (why === null || !template.guarded) return;
  report(
    diagnostic('GW4033', connection.fields.variables?.span ?? connection.key, {
      message: `requests would go to ${placed.host}, which is not public (${why})`,
      notes: [{ message: 'the host is made here', span: at }],
      help: 'if that is meant, name its block in `allow_private`',
    }),
  );
}

function reportUnfit({ name, given, declared }: VariableModel, fault: string, report: Report): void {
  const at = given?.span ?? declared.value?.default?.span ?? declared.key;
  report(diagnostic('GW4032', at, { message: `the value of ${quote(name)} ${fault}` }));
}
