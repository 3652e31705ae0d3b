import { referenceOf } from '../runtime/load/resolve-secrets.ts';
import type { Connection, Value } from '../table/types.ts';

/** Gives a value of a connection as it may be shown: public text, where a secret comes from, and `{name}` for what is known later. */
export function hiddenValue(value: Value, connection: Pick<Connection, 'variables' | 'credential'>): string {
  if ('text' in value) return value.text;
  if (!('parts' in value)) return `[${referenceOf(value)}]`;
  return value.parts
    .map((part) => (typeof part === 'string' ? part : hiddenVariable(part.variable, connection)))
    .join('');
}

/** Gives the value of a connection's variable in the same way. */
export function hiddenVariable(
  name: string,
  connection: Pick<Connection, 'variables' | 'credential'>,
): string {
  const { variables, credential } = connection;
  const variable = variables.find((one) => one.name === name);
  if (variable !== undefined)
    return variable.value === null ? `{${name}}` : hiddenValue(variable.value, connection);
  return credential.kind === 'basic' ? hiddenValue(credential.username, connection) : `{${name}}`;
}
