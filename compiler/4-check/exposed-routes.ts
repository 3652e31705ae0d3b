import { matchGlob } from '../../table/rules/glob.ts';
import { meetPath } from '../../table/rules/meet-path.ts';
import { describedOperations } from '../3-resolve/described-operations.ts';
import type { PlacedOperation } from '../3-resolve/described-operations.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { RouteFields } from '../fields/gateway-fields.ts';
import type { Rule } from './rule.ts';

/**
 * Route rules about connections with `expose: operations` match some operation. A rule may be meant for one of the
 * connections that it names, so it is at fault only where it fits none of them.
 */
export const exposedRoutes: Rule = (model, report) => {
  const operationsOf = onceEach(describedOperations);
  for (const { fields } of model.personas) {
    for (const { value: route } of fields.routes?.value ?? []) {
      const pattern = route?.connection?.value;
      if (route === undefined || pattern === undefined) continue;
      const matched = model.connections.filter(({ name }) => matchGlob(pattern, name));
      if (matched.length === 0 || matched.some((one) => one.fields.expose?.value !== 'operations')) continue;
      const operations = matched.map(operationsOf);
      if (operations.some((some) => some === null || some.length === 0)) continue;
      checkRoute(route, { pattern, operations: operations.flatMap((some) => some ?? []) }, report);
    }
  }
};

interface Exposed {
  readonly pattern: string;
  readonly operations: readonly PlacedOperation[];
}

/** Methods are checked among the operations that the paths match: a path that matches none is the fault then. */
function checkRoute({ methods, paths }: RouteFields, { pattern, operations }: Exposed, report: Report): void {
  let left = operations;
  if (paths?.value !== undefined) {
    const met = paths.value.map(({ value }) => operations.filter(({ template }) => meets(value, template)));
    left = met.flat();
    for (const [at, { span, value }] of paths.value.entries()) {
      if (value === undefined || met[at]?.length !== 0) continue;
      report(
        diagnostic('GW3017', span, {
          message: `${quote(value)} matches no operation of ${quote(pattern)}, which serves operations only`,
          help: '`gw ops list` shows the paths of each',
        }),
      );
    }
  }
  if (left.length === 0) return;
  for (const { span, value } of methods?.value ?? []) {
    if (value === undefined || left.some(({ method }) => method === value)) continue;
    report(
      diagnostic('GW3017', span, {
        message: `no operation of ${quote(pattern)} has ${value}${paths === undefined ? '' : ' on these paths'}`,
      }),
    );
  }
}

function meets(glob: string | undefined, template: readonly string[]): boolean {
  return glob !== undefined && meetPath(glob, template) !== null;
}

function onceEach(
  find: (connection: ConnectionModel) => PlacedOperation[] | null,
): (connection: ConnectionModel) => PlacedOperation[] | null {
  const known = new Map<string, PlacedOperation[] | null>();
  return (connection) => {
    const before = known.get(connection.name);
    if (before !== undefined) return before;
    const found = find(connection);
    known.set(connection.name, found);
    return found;
  };
}
