import { byCodeUnit } from '../../table/rules/by-code-unit.ts';
import { matchGlob } from '../../table/rules/glob.ts';
import { TOOL_NAMES } from '../../table/rules/tool-names.ts';
import type { ToolName } from '../../table/rules/tool-names.ts';
import type {
  AccessPlan,
  ConnectionAccess,
  ConnectionDenial,
  Decider,
  PersonaAccess,
  RouteRule,
  ToolAccess,
} from '../../table/types.ts';
import { firstMatch } from '../3-resolve/persona-access.ts';
import type { Declared } from '../3-resolve/model.ts';
import type { Element } from '../fields/shape.ts';
import type { AllowDenyKeys, PersonaFields, RouteFields } from '../fields/gateway-fields.ts';
import { placeOf } from '../source/span.ts';
import type { Span } from '../source/span.ts';

type Persona = Declared<PersonaFields>;

/** Gives what a set of personas gives together. Connections that no persona allows, or one denies, are left out of `connections`. */
export function lowerAccess(
  names: readonly string[],
  personas: readonly Persona[],
  connections: readonly string[],
): AccessPlan {
  const set = personas.filter((persona) => names.includes(persona.name));
  return {
    personas: names,
    connections: connections.flatMap((name) => accessTo(name, set) ?? []),
    denied: connections.flatMap((name) => denialOf(name, set) ?? []),
    tools: TOOL_NAMES.map((tool) => toolAccess(tool, set)),
    manages: managesGrants(set),
  };
}

function decider({ name }: Persona, span: Span): Decider {
  return { persona: name, at: placeOf(span) };
}

/** Gives the first persona of a set in one of whose lists a pattern matches a name, and where. */
function firstIn(
  set: readonly Persona[],
  [section, list]: readonly ['connections' | 'tools', keyof AllowDenyKeys],
  name: string,
): Decider | null {
  for (const persona of set) {
    const found = firstMatch(persona.fields[section]?.value?.[list]?.value, name);
    if (found !== undefined) return decider(persona, found.span);
  }
  return null;
}

function denialOf(connection: string, set: readonly Persona[]): ConnectionDenial | null {
  const by = firstIn(set, ['connections', 'deny'], connection);
  return by === null ? null : { connection, ...by };
}

function accessTo(connection: string, set: readonly Persona[]): ConnectionAccess | null {
  if (denialOf(connection, set) !== null) return null;
  const allows = set.flatMap((persona) => personaAccess(persona, connection) ?? []);
  if (allows.length === 0) return null;
  const denies = set
    .flatMap((persona) => rulesFor(persona, connection))
    .filter((rule) => rule.action === 'deny');
  return { connection, allows, denies };
}

function personaAccess(persona: Persona, connection: string): PersonaAccess | null {
  const { connections, read_only } = persona.fields;
  const given = firstMatch(connections?.value?.allow?.value, connection);
  if (given === undefined) return null;
  const rules = rulesFor(persona, connection);
  const allow = rules.length === 0 ? null : rules.filter((rule) => rule.action === 'allow');
  const reading = read_only?.value === true ? read_only : null;
  return { ...decider(persona, reading?.key ?? given.span), read_only: reading !== null, allow };
}

function rulesFor(persona: Persona, connection: string): RouteRule[] {
  return (persona.fields.routes?.value ?? []).flatMap(
    (route) => lowerRoute(persona, route, connection) ?? [],
  );
}

function lowerRoute(persona: Persona, route: Element<RouteFields>, connection: string): RouteRule | null {
  const fields = route.value;
  if (fields?.action?.value === undefined || fields.connection?.value === undefined) return null;
  if (!matchGlob(fields.connection.value, connection)) return null;
  return {
    ...decider(persona, route.span),
    action: fields.action.value,
    methods: texts(fields.methods?.value).sort(byCodeUnit),
    paths: texts(fields.paths?.value),
  };
}

function toolAccess(tool: ToolName, set: readonly Persona[]): ToolAccess {
  const denied = firstIn(set, ['tools', 'deny'], tool);
  if (denied !== null) return { tool, allowed: false, by: denied };
  const allowed = firstIn(set, ['tools', 'allow'], tool);
  return { tool, allowed: allowed !== null, by: allowed };
}

function managesGrants(set: readonly Persona[]): Decider | null {
  const [by] = set.flatMap((persona) => {
    const { grants } = persona.fields;
    return grants?.value === 'manage' ? [decider(persona, grants.key)] : [];
  });
  return by ?? null;
}

function texts(list: readonly Element<string>[] | undefined): string[] {
  return (list ?? []).flatMap((element) => element.value ?? []);
}
