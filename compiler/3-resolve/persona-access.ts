import { matchGlob } from '../../table/rules/glob.ts';
import type { PersonaFields } from '../fields/gateway-fields.ts';
import type { Element } from '../fields/shape.ts';

/** Tells whether one of the patterns of a list matches a name. */
export function matchesAny(patterns: readonly Element<string>[] | undefined, name: string): boolean {
  return (patterns ?? []).some(({ value }) => value !== undefined && matchGlob(value, name));
}

/** Tells whether a persona allows a connection and does not deny it. */
export function allowsConnection(persona: PersonaFields, connection: string): boolean {
  const lists = persona.connections?.value;
  return matchesAny(lists?.allow?.value, connection) && !matchesAny(lists?.deny?.value, connection);
}
