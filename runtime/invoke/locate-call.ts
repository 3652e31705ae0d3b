import { isMcpServer } from '../../table/rules/auth-modes.ts';
import type { OperationRecord, SchemaNumber } from '../../table/operations.ts';
import { matchOperation } from '../../table/rules/operation-matcher.ts';
import { pathOf, pathSegments, targetFault } from '../../table/rules/target.ts';
import { callersPath, placePath } from '../2-match/place-path.ts';
import { invalid } from '../2-match/request-target.ts';
import { authorize } from '../3-authenticate/authorize.ts';
import type { KnownCaller, Route } from '../load/snapshot.ts';
import { pathOfTool, TOOLS_SPEC } from '../operations/tool-path.ts';
import { findOperation } from '../operations/find-operation.ts';
import type { FoundOperation } from '../operations/find-operation.ts';
import { nearestNames } from '../operations/nearest-names.ts';
import { apiPath } from '../operations/operation-set.ts';
import type { OperationSet, Place } from '../operations/operation-set.ts';
import { visibleSets } from '../operations/visible-sets.ts';
import type { OperationSets } from '../operations/operation-sets.ts';
import { Problem } from '../problem.ts';
import { valueShape } from '../validate/value-shape.ts';
import type { ValueShape } from '../validate/value-shape.ts';
import { addFault, inputInvalid, inputRefused } from './faults.ts';
import type { FaultList } from './faults.ts';
import { fillTemplate } from './fill-template.ts';
import type { InvokeInput } from './types.ts';

/** Where a call goes. */
export interface LocatedCall {
  readonly method: string;
  /** Behind the connection's name, encoded, without a query. */
  readonly path: string;
  /** The path was written here, of values that were given apart. */
  readonly written: boolean;
  /** What is known of the operation; null where no description has it. */
  readonly operation: DescribedOperation | null;
}

/** An operation as a request is written for it. */
export interface DescribedOperation {
  readonly record: OperationRecord;
  /** Prefix and template, as callers address it. */
  readonly template: string;
  readonly shape: (schema: SchemaNumber | null) => ValueShape;
}

/** Who calls what. */
export interface CallPlace {
  readonly caller: KnownCaller;
  readonly route: Route;
  readonly operations: OperationSets;
}

/**
 * Gives the method and path of a call: those of an operation with its placeholders filled, or those that were given.
 * A path that was given is held to what passthrough holds one to. What is wrong with path_params is added to the
 * faults, anything else is a problem. The members fit each other (`unfitMembers`, `unfitMethod`).
 */
export function locateCall(input: InvokeInput, place: CallPlace, faults: FaultList): LocatedCall | Problem {
  const { operation_id: id, method, path } = input;
  if (typeof id === 'string') {
    return isMcpServer(place.route.connection)
      ? locateTool(id, input, faults)
      : locateOperation(id, input, place, faults);
  }
  return locatePath(method ?? '', path ?? '', place);
}

/** Whether a tool is there is its server's to say; whether it may be called is judged by its path. */
function locateTool(
  name: string,
  { path_params, spec }: InvokeInput,
  faults: FaultList,
): LocatedCall | Problem {
  if ((path_params ?? null) !== null)
    addFault(faults, 'path', null, 'to be left out: a tool of an MCP server takes its arguments as body');
  if ((spec ?? TOOLS_SPEC) !== TOOLS_SPEC)
    return inputInvalid(faults, [`the only spec of an MCP server is ${TOOLS_SPEC}`]);
  const path = pathOfTool(name);
  const fault = targetFault(path);
  if (fault !== null) return invalid(fault);
  return { method: 'POST', path, written: true, operation: null };
}

function locatePath(method: string, path: string, { route, operations }: CallPlace): LocatedCall | Problem {
  const upper = method.trim().toUpperCase();
  const astray = pathFault(path);
  if (astray !== null) return astray;
  return { method: upper, path, written: false, operation: matched(upper, path, { route, operations }) };
}

/** Gives why a path that was given is none that passthrough takes, or null. */
export function pathFault(path: string): Problem | null {
  const query = /[?#]/.exec(path)?.[0];
  if (query !== undefined) {
    return new Problem(
      'target_invalid',
      `path has a ${query}: give a query as query_params, and write %3F and %23 where they are part of a segment`,
    );
  }
  const fault = targetFault(path);
  return fault === null ? null : invalid(fault);
}

/** Gives the operation that a path belongs to: what is sent there may be encoded by it. */
function matched(
  method: string,
  path: string,
  { route, operations }: Pick<CallPlace, 'route' | 'operations'>,
): DescribedOperation | null {
  const placed = route.path === null ? path : placePath(route.path, path);
  const segments = placed instanceof Problem ? null : pathSegments(pathOf(placed));
  if (segments === null) return null;
  const match = matchOperation(route.described(), method, segments);
  if (match.kind !== 'operation') return null;
  const { entry, prefix } = match.matched.description;
  const sets = operations.get(route.connection.name) ?? [];
  const set = sets.find((one) => one.description === entry.name && one.prefix === prefix);
  return set === undefined ? null : describedBy({ set, index: match.matched.number });
}

function describedBy(place: Place): DescribedOperation {
  const { set, index } = place;
  const record = set.record(index);
  return {
    record,
    template: apiPath(place),
    shape: (number) => valueShape(number === null ? true : set.schema(number), set.schema),
  };
}

function locateOperation(
  id: string,
  input: InvokeInput,
  { caller, route, operations }: CallPlace,
  faults: FaultList,
): LocatedCall | Problem {
  const { name } = route.connection;
  const seen = visibleSets(operations, caller.access, name) ?? [];
  const named = input.spec ?? null;
  const ofSpec = (all: readonly OperationSet[]): readonly OperationSet[] =>
    named === null ? all : all.filter(({ description }) => description === named);
  const sets = operations.get(name) ?? [];
  if (ofSpec(sets).length === 0) return noDescription(name, named, sets);
  const shown = findOperation(ofSpec(seen), id);
  if (shown.kind === 'several') return severalOperations(id, shown.places);
  const found = shown.kind === 'one' ? shown : findOperation(ofSpec(sets), id);
  const [place, ...others] = placesOf(found);
  if (place === undefined) return noOperation(name, id, seen);
  const described = describedBy(place);
  const { record, template } = described;
  // What may not be called is not told about either, its parameters least of all.
  const denied = authorize(caller, route, {
    method: record.method,
    rest: template.replace(/[{}]/g, ''),
    folded: [],
  });
  if (denied instanceof Problem && shown.kind !== 'one') return denied;
  // Several, and hidden: nobody is told which they are.
  if (others.length > 0) return noOperation(name, id, seen);
  const { prefix } = place.set;
  const filled = fillTemplate(
    { prefix, path: record.path, parameters: record.parameters },
    input.path_params ?? {},
    faults,
  );
  const path = route.path === null ? filled : callersPath(route.path, filled);
  if (path === null) return new Problem('operation_unknown', `no path of a caller of ${name} comes to ${id}`);
  const fault = faults.length > 0 ? null : targetFault(path);
  if (fault !== null) return invalid(fault);
  return { method: record.method, path, written: true, operation: described };
}

function placesOf(found: FoundOperation): readonly Place[] {
  if (found.kind === 'none') return [];
  return found.kind === 'one' ? [found.place] : found.places;
}

function noDescription(connection: string, named: string | null, sets: readonly OperationSet[]): Problem {
  const names = [...new Set(sets.map(({ description }) => description))];
  if (names.length === 0) {
    return new Problem('operation_unknown', `${connection} has no description: call it by method and path`);
  }
  return new Problem(
    'operation_unknown',
    `${connection} has no description ${JSON.stringify(named)}; there are: ${names.join(', ')}`,
  );
}

function noOperation(connection: string, id: string, seen: readonly OperationSet[]): Problem {
  const nearest = nearestNames(id, new Set(seen.flatMap(({ list }) => list.ids)));
  const said = nearest.length === 0 ? 'it has none that you may call' : `nearest are: ${nearest.join(', ')}`;
  return new Problem('operation_unknown', `${connection} has no operation ${JSON.stringify(id)}; ${said}`);
}

function severalOperations(id: string, places: readonly Place[]): Problem {
  const candidates = places.map((place) => {
    const method = place.set.list.methods[place.index] ?? '';
    return `${place.set.description} (${method} ${apiPath(place)})`;
  });
  return inputRefused(
    `${JSON.stringify(id)} is in several descriptions; name one as spec: ${candidates.join(', ')}`,
  );
}
