import { readVariableText, VARIABLE_NAME, variablesIn } from '../../table/rules/variable-text.ts';
import { variableValueFault, wholePattern } from '../../table/rules/whole-pattern.ts';
import { linearEngine } from '../2-parse/heavy-modules.ts';
import type { CatalogModel, CatalogVersion } from '../3-resolve/model.ts';
import { plainTexts, variableTexts } from '../3-resolve/variables.ts';
import type { UsedText } from '../3-resolve/variables.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { didYouMean } from '../../table/rules/nearest-name.ts';
import { quote } from '../diagnostic/quote.ts';
import type { VariableFields, VariableOrigin } from '../fields/catalog-variable-fields.ts';
import type { Field } from '../fields/field.ts';
import { hideSpan } from '../source/span.ts';
import type { Rule } from './rule.ts';

/** What a variable says of where it comes from, by its `from`. */
const OF_ORIGIN: Readonly<Record<VariableOrigin, readonly (keyof VariableFields)[]>> = {
  connection: [],
  secret: [],
  token_response: ['pointer'],
  callback: ['parameter'],
  lookup: ['lookup'],
};

/** Fields that belong to some `from` alone; `match` reads whatever comes from outside. */
const ORIGIN_FIELDS = ['pointer', 'parameter', 'lookup', 'match'] as const;

/** Variables of catalogs are declared so that a value can be had and checked, and texts name only what is declared. */
export const catalogVariables: Rule = (model, report) => {
  for (const catalog of model.catalogs) {
    for (const version of catalog.versions) {
      for (const [name, field] of version.facts.variables?.value ?? []) checkDeclared(name, field, report);
      for (const used of variableTexts(version)) checkText(catalog, version, used, report);
      for (const field of plainTexts(version)) checkPlain(field, version, report);
    }
  }
};

function checkDeclared(name: string, field: Field<VariableFields>, report: Report): void {
  const wrong = (at: Field<unknown>, message: string, help: string | null = null): void =>
    report(diagnostic('GW6022', at.span, { message: `${quote(name)} ${message}`, help }));
  if (!VARIABLE_NAME.test(name) || name === 'username' || name === 'credential') {
    report(
      diagnostic('GW6022', field.key, {
        message: `a variable cannot be named ${quote(name)}`,
        help: 'a name is a lower-case letter, then up to 63 of a-z, 0-9 and "_"; `username` and `credential` are taken',
      }),
    );
  }
  const declared = field.value;
  if (declared === undefined) return;
  checkOrigin(declared, field, wrong);
  const { pattern, values, match, default: fallback } = declared;
  if (pattern !== undefined && values !== undefined)
    wrong(pattern, 'has a pattern and a list of values', 'keep one of them');
  for (const one of [pattern, match]) {
    if (one?.value !== undefined && wholePattern(one.value, linearEngine()) === null)
      wrong(one, 'has a pattern that does not run in linear time', 'look-around and back references do not');
  }
  if (match?.value !== undefined && wholePattern(match.value, linearEngine())?.groups !== 1)
    wrong(match, 'needs a `match` with one group', 'put what is the value into brackets');
  if (values?.value?.length === 0) wrong(values, 'has an empty list of values');
  const fault = fallback?.value === undefined ? null : faultOf(fallback.value, declared);
  if (fallback !== undefined && fault !== null) wrong(fallback, `has a default that ${fault}`);
}

function checkOrigin(
  declared: VariableFields,
  field: Field<VariableFields>,
  wrong: (at: Field<unknown>, message: string, help?: string) => void,
): void {
  const from = declared.from?.value ?? 'connection';
  const fromOutside = OF_ORIGIN[from].length > 0;
  for (const key of OF_ORIGIN[from]) {
    if (declared[key] === undefined)
      wrong(declared.from ?? field, `comes from ${quote(from)}, so it needs ${quote(key)}`);
  }
  for (const key of ORIGIN_FIELDS) {
    const given = declared[key];
    if (given === undefined || OF_ORIGIN[from].includes(key) || (key === 'match' && fromOutside)) continue;
    wrong({ ...given, span: given.key }, `comes from ${quote(from)}, where ${quote(key)} has no effect`);
  }
  if (from !== 'secret' || declared.default === undefined) return;
  hideSpan(declared.default.span);
  wrong(declared.default, 'is a secret, which has no default', 'each connection refers to its own');
}

/** Gives why a value is none that a variable may have, or null. A faulty pattern was reported where it stands. */
export function faultOf(value: string, { pattern, values }: VariableFields): string | null {
  const runs = pattern?.value !== undefined && wholePattern(pattern.value, linearEngine()) !== null;
  const rule = { pattern: runs ? (pattern?.value ?? null) : null, values: values?.value ?? [] };
  return variableValueFault(value, rule, linearEngine);
}

/** Braces may be meant as such here; around the name of a variable they are not. */
function checkPlain({ span, value }: Field<string>, { facts }: CatalogVersion, report: Report): void {
  const named = variablesIn(value ?? '').find((name) => facts.variables?.value?.has(name) === true);
  if (named === undefined) return;
  report(
    diagnostic('GW6021', span, {
      message: `${quote(named)} is not filled in here: this is sent as it is written`,
      help: 'docs/configuration.md says which texts may hold `{variable}`',
    }),
  );
}

function checkText(
  catalog: CatalogModel,
  { facts }: CatalogVersion,
  { field, part }: UsedText,
  report: Report,
): void {
  const wrong = (message: string, label = '', help: string | null = null): void =>
    report(diagnostic('GW6021', field.span, { message, label, help }));
  const pieces = readVariableText(field.value ?? '');
  if (pieces === null) {
    wrong('a brace stands alone, or around what is no name', '', 'write {name}, with a name of `variables`');
    return;
  }
  const declared = facts.variables?.value;
  for (const piece of pieces) {
    if (typeof piece === 'string' || (piece.variable === 'username' && part === 'replaced')) continue;
    const variable = declared?.get(piece.variable);
    if (variable === undefined) {
      // A family may leave it to those that extend it.
      if (catalog.fields.abstract?.value === true) continue;
      wrong(
        `there is no variable ${quote(piece.variable)}`,
        didYouMean(piece.variable, [...(declared?.keys() ?? [])]),
        'declare it in `variables`',
      );
    } else if (variable.value?.optional?.value === true && variable.value.default === undefined) {
      if (part !== 'header' && part !== 'query' && part !== 'replaced')
        wrong(`${quote(piece.variable)} is optional, and nothing can be sent here without it`);
    }
  }
}
