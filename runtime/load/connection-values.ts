import { HALF_PAIR } from '../../table/rules/parameter-name.ts';
import { variablesIn } from '../../table/rules/variable-text.ts';
import { variableValueFault } from '../../table/rules/whole-pattern.ts';
import type { LinearEngine } from '../../table/rules/whole-pattern.ts';
import type { Connection, Place, Secret, Value, Variable } from '../../table/types.ts';
import type { KnownValues } from '../5-credential/prepare-credential.ts';
import { Hidden } from '../hidden.ts';
import { isSecret, referenceOf } from './resolve-secrets.ts';
import type { ResolvedSecrets } from './resolve-secrets.ts';

/** The values of a connection: secrets resolved, texts with variables put together. */
export interface ConnectionValues extends KnownValues {
  /** Gives the value of a variable. */
  readonly variable: (name: string) => string;
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
 */
export async function connectionValues(
  connection: Connection,
  secrets: ResolvedSecrets,
): Promise<ConnectionValues> {
  const faults = new Set<string>();
  const variables = new Map(connection.variables.map((variable) => [variable.name, variable.value]));
  const { credential } = connection;
  if (credential.kind === 'basic' && !variables.has('username'))
    variables.set('username', credential.username);
  const resolved = (secret: Secret): string => secrets.get(secret)?.reveal() ?? '';
  const textOf = (value: Value): string => {
    if ('text' in value) return value.text;
    if (isSecret(value)) return resolved(value);
    return value.parts.map((part) => (typeof part === 'string' ? part : variable(part.variable))).join('');
  };
  const variable = (name: string): string => {
    const value = variables.get(name) ?? null;
    if (value === null) faults.add(`the variable ${name} has no value (${connection.at})`);
    return value === null || (isSecret(value) && !secrets.has(value)) ? STAND_IN : textOf(value);
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
    const fault = await secretFault(one, secrets);
    if (fault !== null) faults.add(fault);
  }
  return {
    reveal: (value) => new Hidden(textOf(value)),
    isSecret: secretIn,
    variable,
    writtenAt: (name) => variables.get(name)?.at ?? connection.at,
    secretVariables: new Hidden(connection.variables.flatMap(sentForms)),
    faults,
  };
}

/** Gives why the resolved secret of a variable does not fit it, or null. One that was not resolved is told elsewhere. */
async function secretFault(variable: Variable, secrets: ResolvedSecrets): Promise<string | null> {
  const { name, value, pattern } = variable;
  if (value === null || !isSecret(value)) return null;
  const text = secrets.get(value)?.reveal();
  if (text === undefined) return null;
  // Loaded when it is needed: most tables have no such variable, and every start would pay for it.
  const engine = pattern === null ? null : (await import('re2js')).RE2JS;
  const why = HALF_PAIR.test(text)
    ? 'is not UTF-8'
    : variableValueFault(text, variable, () => engine as LinearEngine);
  return why === null
    ? null
    : `${referenceOf(value)}: its value for the variable ${name} ${why} (${value.at})`;
}
