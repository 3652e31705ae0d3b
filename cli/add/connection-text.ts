import type { VariableFields } from '../../compiler/fields/catalog-variable-fields.ts';
import { oneLine } from '../ops/one-line.ts';
import { GATEWAY_SCHEMA_LINE } from '../schema-line.ts';
import { asText } from './draft-connection.ts';
import type { Draft, DraftOf, DraftVariable } from './draft-connection.ts';
import { isDeclared, waysOf } from './ways.ts';
import type { Way } from './ways.ts';

/** Gives the lines of `connections` for a draft, without comments; what is still to be filled in stands as `…`. */
export function connectionLines({ name, fields, variables }: Draft): string[] {
  const given = variables.filter(({ value, needed }) => needed || value !== null);
  return [
    'connections:',
    `  ${asText(name)}:`,
    ...fields.map(([key, value]) => `    ${key}: ${value}`),
    ...(given.length === 0 ? [] : ['    variables:']),
    ...given.map((variable) => `      ${variable.name}: ${variable.value ?? '…'}`),
  ];
}

/**
 * Gives the file of a draft, with what people need to know beside its lines. A variable that must be filled in has no
 * value: `gw check` then shows its line.
 */
export function connectionText(draft: Draft, of: DraftOf): string {
  const { facts, catalog } = of.version;
  const docs = facts.docs?.value;
  const title = oneLine(facts.title?.value ?? catalog.name);
  const guide =
    catalog.origin === 'built-in' ? [`# Guide: node_modules/gw/docs/catalogs/${catalog.name}.md`] : [];
  const lines = [
    docs === undefined ? `# ${title}` : `# ${title}: ${oneLine(docs)}`,
    ...guide,
    'connections:',
    `  ${asText(draft.name)}: # serves /${draft.name}/…`,
    ...wayComments(of).map((comment) => `    # ${comment}`),
    ...draft.fields.map(([key, value]) => `    ${key}: ${value}`),
    ...(wantsScopes(of) ? ['    # oauth2_scopes: [] # the catalog names none'] : []),
    ...variableLines(draft.variables),
  ];
  return `${GATEWAY_SCHEMA_LINE}${lines.map((line) => `${line}\n`).join('')}`;
}

/** Gives what a variable is and which values it takes, in one line; `mark` sets off what is meant letter by letter. */
export function variableMeaning(
  { doc, pattern, values }: VariableFields,
  mark: (text: string) => string = (text) => text,
): string {
  const form =
    values?.value !== undefined
      ? `one of ${values.value.map(mark).join(', ')}`
      : pattern?.value !== undefined
        ? `matches ${mark(pattern.value)}`
        : '';
  return oneLine([doc?.value?.replace(/\.$/, ''), form].filter((part) => (part ?? '') !== '').join('; '));
}

function wayComments({ way, version }: DraftOf): string[] {
  const others = waysOf(version.facts).filter(({ key }) => key !== way.key);
  return [
    ...(way.borrowed ? ['An access token that was obtained elsewhere: nothing refreshes it.'] : []),
    ...(isDeclared(way) ? [] : ['Somebody signs in before the first call: gw connect.']),
    ...(others.length === 0 ? [] : [`Other ways to authenticate: ${others.map(describeWay).join(', ')}.`]),
  ];
}

/** Gives a way to authenticate as `gw add --auth` takes it, and what to know of it. */
function describeWay(way: Way): string {
  if (way.borrowed) return `${way.key} (a token obtained elsewhere)`;
  return isDeclared(way) ? way.key : `${way.key} (somebody signs in)`;
}

function wantsScopes({ way, version }: DraftOf): boolean {
  const auth = version.facts.auth?.value ?? {};
  return way.key === 'oauth2' && (auth.oauth2?.value?.scopes?.value ?? []).length === 0;
}

function variableLines(variables: readonly DraftVariable[]): string[] {
  if (variables.length === 0) return [];
  const written = variables.filter(({ value, needed }) => needed || value !== null);
  // A whole section of comments is one comment: its lines keep their places when the marks are taken away.
  const [header, indent] =
    written.length === 0 ? ['    # variables:', '    #   '] : ['    variables:', '      # '];
  return [
    header,
    ...variables.map((variable) => {
      const meaning = variableMeaning(variable.declared);
      const { name, value, needed, declared } = variable;
      if (value !== null) return `      ${name}: ${value} # ${meaning}`;
      if (needed) return `      ${name}: # to be filled in. ${meaning}`;
      const usual = declared.default?.value;
      return `${indent}${name}: ${usual === undefined ? '…' : asText(usual)} # ${meaning}`;
    }),
  ];
}
