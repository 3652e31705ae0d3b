import { matchGlob } from '../../table/rules/glob.ts';
import { TOOL_NAMES } from '../../table/rules/tool-names.ts';
import { allowsConnection } from '../3-resolve/persona-access.ts';
import type { Declared } from '../3-resolve/model.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { didYouMean } from '../../table/rules/nearest-name.ts';
import { quote } from '../diagnostic/quote.ts';
import type { PersonaFields } from '../fields/gateway-fields.ts';
import type { Element } from '../fields/shape.ts';
import type { Rule } from './rule.ts';

/** A persona's patterns of tools and connections match something, and what its rules allow it may reach. */
export const personaPatterns: Rule = (model, report) => {
  for (const { fields } of model.personas) {
    const lists = fields.tools?.value;
    for (const element of [...(lists?.allow?.value ?? []), ...(lists?.deny?.value ?? [])]) {
      checkTool(element, report);
    }
  }
  if (!model.complete || model.connections.length === 0) return;
  const known = model.connections.map((connection) => connection.name);
  for (const persona of model.personas) {
    const lists = persona.fields.connections?.value;
    for (const element of [...(lists?.allow?.value ?? []), ...(lists?.deny?.value ?? [])]) {
      checkPattern(element, known, report);
    }
    checkRoutes(persona, known, report);
  }
};

function checkPattern({ span, value }: Element<string>, known: readonly string[], report: Report): void {
  if (value === undefined || known.some((name) => matchGlob(value, name))) return;
  report(
    diagnostic('GW3008', span, {
      message: `${quote(value)} matches no connection`,
      label: didYouMean(value, known),
    }),
  );
}

function checkTool({ span, value }: Element<string>, report: Report): void {
  if (value === undefined || TOOL_NAMES.some((name) => matchGlob(value, name))) return;
  const label = didYouMean(value, TOOL_NAMES);
  report(
    diagnostic('GW3014', span, {
      message: `${quote(value)} matches no tool`,
      label,
      help: label === '' ? `there are ${TOOL_NAMES.join(', ')}` : null,
    }),
  );
}

function checkRoutes(
  { name, fields }: Declared<PersonaFields>,
  known: readonly string[],
  report: Report,
): void {
  for (const route of fields.routes?.value ?? []) {
    const written = route.value?.connection;
    const pattern = written?.value;
    if (written === undefined || pattern === undefined) continue;
    checkPattern({ span: written.span, value: pattern }, known, report);
    const matched = known.filter((connection) => matchGlob(pattern, connection));
    const isAllow = route.value?.action?.value === 'allow';
    if (!isAllow || matched.length === 0 || matched.some((one) => allowsConnection(fields, one))) continue;
    report(
      diagnostic('GW3011', written.span, {
        message: `the persona ${quote(name)} has no access to ${quote(pattern)}, so this rule has no effect`,
        help: 'add the connection to `connections: { allow: ... }` of the persona',
      }),
    );
  }
}
