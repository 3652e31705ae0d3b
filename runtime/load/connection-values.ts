import { HALF_PAIR } from '../../table/rules/parameter-name.ts';
import { variablesIn } from '../../table/rules/variable-text.ts';
import { variableValueFault } from '../../table/rules/whole-pattern.ts';
import type { LinearEngine } from '../../table/rules/whole-pattern.ts';
import type { Connection, Place, Secret, Value, Variable } from '../../table/types.ts';
import type { KnownValues } from '../5-credential/prepare-credential.ts';
import type { Brought } from '../grants/brought.ts';
import { Hidden } from '../hidden.ts';
import { isSecret, referenceOf } from './resolve-secrets.ts';
import type { ResolvedSecrets } from './resolve-secrets.ts';

/** The values of a connection: secrets resolved, texts with variables put together. */
export interface ConnectionValues extends KnownValues {
  /** Gives the value of a variable. */
  readonly variable: (name: string) => string;
  /** Tells whether a value is left out: it has a variable that need not be there, and is not. */
  readonly isAbsent: (value: Value) => boolean;
  /** Where a variable's value was written. */
  readonly writtenAt: (name: string) => Place;
  /** Every value of a variable that was written as a secret, in the forms that it is sent in. */
  readonly secretVariables: Hidden<readonly string[]>;
  /** What kept a value from being known, as far as values were asked for: each once, with its place. */
  readonly faults: ReadonlySet<string>;
}

/** Stands for a value that is not known, which is told: it fits everywhere, so that nothing else is told for it. */
const STAND_IN = 'x';

/**
 * Gives the values of a connection. Secret values of variables are checked here, since nobody could before;
 * public ones were when the table was compiled. Faults name variable, reference and place, never a value.
 * `brought`: what a grant brings; null: no grant is looked at yet, and what one would bring counts as known.
 */
export async function connectionValues(
  connection: Connection,
  secrets: ResolvedSecrets,
  brought: Brought | null,
): Promise<ConnectionValues> {
  const faults = new Set<string>();
  const variables = writtenVariables(connection);
  const given = givenBy(brought, connection.variables);
  const resolved = (secret: Secret): string => {
    if (!('grant' in secret)) return secrets.get(secret)?.reveal() ?? '';
    const text = given.secret(secret.grant);
    if (text === undefined) faults.add(`the grant has no ${secret.grant} (${secret.at})`);
    return text ?? STAND_IN;
  };
  const textOf = (value: Value): string => {
    if ('text' in value) return value.text;
    if (isSecret(value)) return resolved(value);
    return value.parts.map((part) => (typeof part === 'string' ? part : variable(part.variable))).join('');
  };
  const isUnresolved = (value: Value): boolean =>
    isSecret(value) && !('grant' in value) && !secrets.has(value);
  const variable = (name: string): string => {
    const value = variables.get(name) ?? null;
    if (value !== null) return isUnresolved(value) ? STAND_IN : textOf(value);
    const text = given.variable(name);
    if (text === undefined) faults.add(`the variable ${name} has no value (${connection.at})`);
    return text ?? STAND_IN;
  };
  const isSecretPart = (name: string): boolean => {
    const value = variables.get(name) ?? null;
    return value !== null && secretIn(value);
  };
  const secretIn = (value: Value): boolean =>
    'parts' in value
      ? value.parts.some((part) => typeof part !== 'string' && isSecretPart(part.variable))
      : isSecret(value);
  const inHost = new Set(
    [connection.upstream, ...connection.upstream.hosts].flatMap(({ origin }) => variablesIn(origin)),
  );
  const sentForms = ({ name, value }: Variable): string[] => {
    if (value === null || !isSecret(value)) return [];
    const text = resolved(value);
    // A host is written in lower case, whatever the case of the value.
    return inHost.has(name) ? [text, text.toLowerCase()] : [text];
  };
  for (const one of connection.variables) {
    const fault =
      brought !== null && one.value === null
        ? await broughtFault(one, given.variable(one.name))
        : await secretFault(one, secrets);
    if (fault !== null) faults.add(fault);
  }
  const isAbsent = (name: string): boolean =>
    (variables.get(name) ?? null) === null && given.variable(name) === undefined;
  const optional = new Set(connection.variables.filter((one) => one.optional).map(({ name }) => name));
  return {
    reveal: (value) => new Hidden(textOf(value)),
    isSecret: secretIn,
    variable,
    isAbsent: (value) =>
      'parts' in value &&
      value.parts.some(
        (part) => typeof part !== 'string' && optional.has(part.variable) && isAbsent(part.variable),
      ),
    writtenAt: (name) => variables.get(name)?.at ?? connection.at,
    secretVariables: new Hidden(connection.variables.flatMap(sentForms)),
    faults,
  };
}

/** What the operator wrote, by variable. */
function writtenVariables({ variables, credential }: Connection): Map<string, Value | null> {
  const written = new Map(variables.map((variable) => [variable.name, variable.value]));
  if (credential.kind === 'basic' && !written.has('username')) written.set('username', credential.username);
  return written;
}

/** What a grant gives, by name. */
interface Given {
  readonly variable: (name: string) => string | undefined;
  readonly secret: (name: keyof ReturnType<Brought['secrets']['reveal']>) => string | undefined;
}

function givenBy(brought: Brought | null, variables: readonly Variable[]): Given {
  if (brought === null) return { variable: () => STAND_IN, secret: () => STAND_IN };
  const defaults = new Map(variables.map(({ name, default: text }) => [name, text ?? undefined]));
  const given = brought.variables.reveal();
  return {
    variable: (name) => (Object.hasOwn(given, name) ? given[name] : defaults.get(name)),
    secret: (name) => brought.secrets.reveal()[name],
  };
}

/** Gives why what a grant brings does not fit a variable (any more), or null. */
async function broughtFault(variable: Variable, text: string | undefined): Promise<string | null> {
  const why = text === undefined ? null : await unfitBecause(variable, text);
  return why === null ? null : `the value of the variable ${variable.name} ${why}`;
}

/** Gives why the resolved secret of a variable does not fit it, or null. One that was not resolved is told elsewhere. */
async function secretFault(variable: Variable, secrets: ResolvedSecrets): Promise<string | null> {
  const { name, value } = variable;
  if (value === null || !isSecret(value)) return null;
  const text = secrets.get(value)?.reveal();
  if (text === undefined) return null;
  const why = await unfitBecause(variable, text);
  return why === null
    ? null
    : `${referenceOf(value)}: its value for the variable ${name} ${why} (${value.at})`;
}

async function unfitBecause(variable: Variable, text: string): Promise<string | null> {
  if (HALF_PAIR.test(text)) return 'is not UTF-8';
  // Loaded when it is needed: most tables have no such variable, and every start would pay for it.
  const engine = variable.pattern === null ? null : (await import('re2js')).RE2JS;
  return variableValueFault(text, variable, () => engine as LinearEngine);
}
