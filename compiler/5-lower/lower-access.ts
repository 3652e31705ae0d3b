import { matchGlob } from '../../table/rules/glob.ts';
import type { AccessPlan, ConnectionAccess, PersonaAccess, RouteRule } from '../../table/types.ts';
import { matchesAny } from '../3-resolve/persona-access.ts';
import type { Declared } from '../3-resolve/model.ts';
import type { Element } from '../fields/shape.ts';
import type { PersonaFields, RouteFields } from '../fields/gateway-fields.ts';
import { placeOf } from '../source/span.ts';
import { byCodeUnit } from './values.ts';

/** Gives what a set of personas gives together. Connections that no persona allows, or one denies, are left out. */
export function lowerAccess(
  names: readonly string[],
  personas: readonly Declared<PersonaFields>[],
  connections: readonly string[],
): AccessPlan {
  const set = personas.filter((persona) => names.includes(persona.name));
  return { personas: names, connections: connections.flatMap((name) => accessTo(name, set) ?? []) };
}

function accessTo(connection: string, set: readonly Declared<PersonaFields>[]): ConnectionAccess | null {
  const denied = set.some(({ fields }) => matchesAny(fields.connections?.value?.deny?.value, connection));
  if (denied) return null;
  const allows = set
    .filter(({ fields }) => matchesAny(fields.connections?.value?.allow?.value, connection))
    .map((persona) => personaAccess(persona, connection));
  if (allows.length === 0) return null;
  const denies = set
    .flatMap(({ fields }) => rulesFor(fields, connection))
    .filter((rule) => rule.action === 'deny');
  return { connection, allows, denies };
}

function personaAccess({ name, fields }: Declared<PersonaFields>, connection: string): PersonaAccess {
  const rules = rulesFor(fields, connection);
  const allow = rules.length === 0 ? null : rules.filter((rule) => rule.action === 'allow');
  return { persona: name, read_only: fields.read_only?.value ?? false, allow };
}

function rulesFor(fields: PersonaFields, connection: string): RouteRule[] {
  return (fields.routes?.value ?? []).flatMap((route) => lowerRoute(route, connection) ?? []);
}

function lowerRoute(route: Element<RouteFields>, connection: string): RouteRule | null {
  const fields = route.value;
  if (fields?.action?.value === undefined || fields.connection?.value === undefined) return null;
  if (!matchGlob(fields.connection.value, connection)) return null;
  return {
    action: fields.action.value,
    methods: texts(fields.methods?.value).sort(byCodeUnit),
    paths: texts(fields.paths?.value),
    at: placeOf(route.span),
  };
}

function texts(list: readonly Element<string>[] | undefined): string[] {
  return (list ?? []).flatMap((element) => element.value ?? []);
}
