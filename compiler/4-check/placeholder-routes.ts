import { matchGlob, pathGlobSegments } from '../../table/rules/glob.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { RouteFields } from '../fields/gateway-fields.ts';
import type { Rule } from './rule.ts';

/** No route rule names a segment that the catalog replaces before rules are asked. */
export const placeholderRoutes: Rule = (model, report) => {
  const routes = model.personas.flatMap((persona) => persona.fields.routes?.value ?? []);
  for (const { value: route } of routes) {
    const pattern = route?.connection?.value;
    if (route === undefined || pattern === undefined) continue;
    const matched = model.connections.filter((connection) => matchGlob(pattern, connection.name));
    for (const connection of matched) checkRoute(route, connection, report);
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
