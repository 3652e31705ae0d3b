import { CALLER_OR_PERSONA_FORM, CALLER_OR_PERSONA_NAME } from '../../compiler/4-check/names.ts';
import { SEALABLE_FIELDS, sealableField } from '../../compiler/fields/sealable-field.ts';
import { isHeaderName } from '../../table/rules/header-syntax.ts';
import { byNearness } from '../../table/rules/nearest-name.ts';
import { operatorHeaderFault } from '../../table/rules/operator-headers.ts';
import { VARIABLE_NAME } from '../../table/rules/variable-text.ts';
import { connectionNameFault } from '../connection-name.ts';
import { UsageError } from '../usage-error.ts';

/**
 * Gives the place that sealed text is bound to, such as `connections/stripe/credential`. Throws a UsageError for a
 * name or field that no YAML can have: what is sealed for it would open nowhere.
 */
export function sealedPlace(name: string, field: string, ofCaller: boolean): string {
  return ofCaller ? callersPlace(name, field) : connectionsPlace(name, field);
}

function callersPlace(name: string, field: string): string {
  if (!CALLER_OR_PERSONA_NAME.test(name))
    throw new UsageError(`a caller cannot be named ${JSON.stringify(name)}: write ${CALLER_OR_PERSONA_FORM}`);
  if (field !== 'key') throw new UsageError('a caller has one secret field: key');
  return `callers/${name}/key`;
}

function connectionsPlace(name: string, field: string): string {
  const fault = connectionNameFault(name);
  if (fault !== null) throw new UsageError(fault);
  const sealable = sealableField(field);
  if (sealable === null)
    throw new UsageError(
      `${JSON.stringify(field)} is no field that takes sealed text; these do: ${byNearness(field, SEALABLE_FIELDS).join(', ')}`,
    );
  const [map, inside] = sealable.split('/');
  if (inside !== undefined && !isNameIn(map, inside))
    throw new UsageError(
      map === 'variables'
        ? `a variable cannot be named ${JSON.stringify(inside)}`
        : `${JSON.stringify(inside)} is no header that a connection can set`,
    );
  return `connections/${name}/${sealable}`;
}

function isNameIn(map: string | undefined, name: string): boolean {
  return map === 'variables'
    ? VARIABLE_NAME.test(name)
    : isHeaderName(name) && operatorHeaderFault(name, null) === null;
}
