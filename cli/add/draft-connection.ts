import type { CatalogVersion, ConnectionModel } from '../../compiler/3-resolve/model.ts';
import type { CatalogFacts } from '../../compiler/3-resolve/read-catalog.ts';
import { readDeclarations } from '../../compiler/3-resolve/read-declarations.ts';
import { resolveAuthMode } from '../../compiler/3-resolve/resolve-auth-mode.ts';
import {
  connectionVariables,
  missingVariables,
  namesIn,
  usedTexts,
} from '../../compiler/3-resolve/variables.ts';
import { modeFields } from '../../compiler/4-check/mode-fields.ts';
import type { VariableFields } from '../../compiler/fields/catalog-fields.ts';
import { Source } from '../../compiler/source/source.ts';
import type { Way } from './ways.ts';

/** What a connection is drafted from. */
export interface DraftOf {
  /** The connection's name. */
  readonly name: string;
  /** The catalog as the connection names it, with a version where it names one. */
  readonly catalog: string;
  readonly version: CatalogFacts['versions'][number];
  readonly way: Way;
  /** Values of variables, as they are to be written. */
  readonly given: ReadonlyMap<string, string>;
}

/** A connection as it is to be written. */
export interface Draft {
  readonly name: string;
  /** What it says, but for its variables, in order: YAML that needs no quotes. */
  readonly fields: readonly (readonly [key: string, value: string])[];
  readonly variables: readonly DraftVariable[];
  /** The environment variables that it refers to. */
  readonly environment: readonly string[];
}

/** A variable of the catalog that the connection's requests use. */
export interface DraftVariable {
  readonly name: string;
  readonly declared: VariableFields;
  /** Its value as YAML; null where it is still to be filled in, or may be left out. */
  readonly value: string | null;
  /** Whether nothing works without a value from the connection. */
  readonly needed: boolean;
}

/**
 * Gives what a connection to a catalog must say: a reference for each of its secrets, its auth_mode where the compiler
 * would not find it by itself, its variables. What is needed is asked of the compiler's own rules.
 */
export function draftConnection(of: DraftOf): Draft {
  const bare = modelOf(of, []);
  const { required, given, optional } = modeFields(bare, of.way.mode);
  const password = optional.filter((key) => key === 'password');
  const secrets = [...required, ...given, ...password].map((key): [string, string] => [
    key,
    reference(of.name, key),
  ]);
  const model = modelOf(of, secrets);
  const inferred = resolveAuthMode(model.fields, model.catalog) === of.way.mode;
  const variables = draftVariables(of, model);
  return {
    name: of.name,
    fields: [
      ['catalog', asText(of.catalog)],
      ...(inferred ? [] : [['auth_mode', of.way.mode] as const]),
      ...secrets,
    ],
    variables,
    environment: [
      ...secrets.map(([, value]) => value),
      ...variables.flatMap(({ value }) => value ?? []),
    ].flatMap((value) => /^\$\{env:(\w+)\}$/.exec(value)?.[1] ?? []),
  };
}

/** Gives the connection as the compiler would read it. */
function modelOf(
  { name, version, way }: DraftOf,
  fields: readonly (readonly [string, string])[],
): ConnectionModel {
  const written = fields.map(([key, value]) => `    ${key}: ${value}\n`).join('');
  const source = new Source('gateway.d/draft.yaml', `connections:\n  ${JSON.stringify(name)}:\n${written}`);
  const [declared] = readDeclarations([source], { report: refuse, literals: [] }).connections;
  if (declared === undefined) throw new Error('a draft has one connection');
  const catalog: CatalogVersion = { ...version, descriptions: [] };
  return { ...declared, catalog, authMode: way.mode };
}

function refuse({ message }: { readonly message: string }): never {
  throw new Error(`a draft cannot be read: ${message}`);
}

function draftVariables({ name, given }: DraftOf, model: ConnectionModel): DraftVariable[] {
  const missing = new Set(missingVariables(model).map((one) => one.name));
  const used = new Set(usedTexts(model).flatMap(({ field }) => namesIn(field.value ?? '')));
  const variables: DraftVariable[] = [];
  for (const [variable, { declared }] of connectionVariables(model)) {
    const written = given.get(variable);
    if (declared.value === undefined || (!used.has(variable) && written === undefined)) continue;
    const needed = missing.has(variable);
    const isSecret = declared.value.from?.value === 'secret';
    const value =
      written !== undefined ? asText(written) : needed && isSecret ? reference(name, variable) : null;
    variables.push({ name: variable, declared: declared.value, value, needed });
  }
  return variables;
}

/** A reference to the environment variable that is named after the connection and the field. */
function reference(connection: string, field: string): string {
  const short = field.replace(/^oauth[12]_/, '');
  return `\${env:${`${connection}_${short}`.toUpperCase().replaceAll('-', '_')}}`;
}

/** Gives YAML for a text. JSON is YAML: whatever stands in quotes, it stays a text. */
export function asText(text: string): string {
  const plain = /^(?:[a-z][a-z0-9_-]*|\$\{(?:env|file):[\w./-]+\})$/.test(text);
  return plain && !/^(?:true|false|null|yes|no|on|off|y|n)$/.test(text) ? text : JSON.stringify(text);
}
