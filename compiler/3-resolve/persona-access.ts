import { matchGlob } from '../../table/rules/glob.ts';
import type { PersonaFields } from '../fields/gateway-fields.ts';
import type { Element } from '../fields/shape.ts';

/** Gives the first pattern of a list that matches a name. */
export function firstMatch(
  patterns: readonly Element<string>[] | undefined,
  name: string,
): Element<string> | undefined {
  return patterns?.find(({ value }) => value !== undefined && matchGlob(value, name));
}

/** Tells whether a persona allows a connection and does not deny it. */
export function allowsConnection(persona: PersonaFields, connection: string): boolean {
  const lists = persona.connections?.value;
  return (
    firstMatch(lists?.allow?.value, connection) !== undefined &&
    firstMatch(lists?.deny?.value, connection) === undefined
  );
}
