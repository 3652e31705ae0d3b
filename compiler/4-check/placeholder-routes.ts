import { matchGlob, pathGlobSegments } from '../../table/rules/glob.ts';
import { encodeSegment } from '../../table/rules/encode-segment.ts';
import { decodeSegment } from '../../table/rules/target.ts';
import { fillVariables } from '../../table/rules/variable-text.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { connectionVariables, namesIn } from '../3-resolve/variables.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { RouteFields } from '../fields/gateway-fields.ts';
import type { Rule } from './rule.ts';

/** Route rules can match: none names a segment that the catalog replaces, or leaves out a prefix that it puts in front. */
export const placeholderRoutes: Rule = (model, report) => {
  const routes = model.personas.flatMap((persona) => persona.fields.routes?.value ?? []);
  for (const { value: route } of routes) {
    const pattern = route?.connection?.value;
    if (route === undefined || pattern === undefined) continue;
    const matched = model.connections.filter((connection) => matchGlob(pattern, connection.name));
    for (const connection of matched) checkRoute(route, connection, report);
    checkPrefixes(route, matched, report);
  }
};

function checkRoute({ paths }: RouteFields, { name, catalog }: ConnectionModel, report: Report): void {
  const replaced = catalog?.facts.path?.value?.replace?.value;
  for (const { span, value } of paths?.value ?? []) {
    const placeholder = pathGlobSegments(value ?? '').find((segment) => replaced?.has(segment) === true);
    if (placeholder === undefined) continue;
    report(
      diagnostic('GW3012', span, {
        message: `${quote(placeholder)} is replaced on ${quote(name)} before rules are asked, so this matches nothing`,
        help: `write "*" for ${quote(placeholder)}`,
      }),
    );
  }
}

/** A path is at fault that fits none of the connections that its rule names: one may be meant for the others. */
function checkPrefixes({ paths }: RouteFields, matched: readonly ConnectionModel[], report: Report): void {
  const [first] = matched;
  if (first === undefined) return;
  for (const { span, value } of paths?.value ?? []) {
    if (value === undefined) continue;
    const glob = pathGlobSegments(value);
    if (matched.some((connection) => reaches(glob, prefixOf(connection)))) continue;
    const prefix = first.catalog?.facts.path?.value?.prepend?.value ?? '';
    report(
      diagnostic('GW3013', span, {
        message: `paths of ${quote(first.name)} begin with ${quote(prefix)} when rules are asked, so ${quote(value)} matches nothing`,
        help: 'begin it with the prefix, or with "/**"',
      }),
    );
  }
}

/** Gives the segments of the prefix that every path of a connection has, decoded; null for one that is not known yet. */
function prefixOf(connection: ConnectionModel): (string | null)[] {
  const written = connection.catalog?.facts.path?.value?.prepend?.value ?? '';
  const variables = connectionVariables(connection);
  return written
    .split('/')
    .slice(1)
    .map((segment) => {
      const names = namesIn(segment);
      if (names.some((name) => (variables.get(name)?.known ?? null) === null)) return null;
      return decodeSegment(fillVariables(segment, (name) => encodeSegment(variables.get(name)?.known ?? '')));
    });
}

/** Tells whether a glob matches some path that begins with a prefix. */
function reaches(glob: readonly string[], prefix: readonly (string | null)[]): boolean {
  for (const [at, segment] of prefix.entries()) {
    const expected = glob[at];
    if (expected === '**') return true;
    if (expected === undefined || (segment !== null && !matchGlob(expected, segment))) return false;
  }
  return true;
}
