import { isMcpServer } from '../../table/rules/auth-modes.ts';
import { byCodeUnit } from '../../table/rules/by-code-unit.ts';
import type { Route } from '../load/snapshot.ts';
import { apiPath } from '../operations/operation-set.ts';
import type { OperationSet, Place } from '../operations/operation-set.ts';
import { searchSets } from '../operations/search-sets.ts';
import { visibleConnections, visibleSets } from '../operations/visible-sets.ts';
import { Problem } from '../problem.ts';
import { LIMIT_DEFAULT, pageOf } from './list-page.ts';
import type { Page } from './list-page.ts';
import { ToolFault } from './tool-answer.ts';
import type { ToolAnswer } from './tool-answer.ts';
import { numberArgument, setsOfConnection, setsOfSpec, textArgument } from './tool-call.ts';
import type { ToolArguments, ToolCall } from './tool-call.ts';

/** What a list is asked for with. */
interface Listing {
  readonly query: string | null;
  readonly spec: string | null;
  readonly limit: number;
  readonly cursor: string | null;
  readonly grant: string | null;
}

/**
 * Gives the connections that a caller may use, or the operations of one of them: all in the order of their paths, or
 * those that a query finds, the best first. What the caller's personas deny is neither listed nor counted.
 */
export async function listEndpoints(call: ToolCall, given: ToolArguments): Promise<ToolAnswer> {
  const connection = textArgument(given, 'connection');
  const listing: Listing = {
    query: textArgument(given, 'query'),
    spec: textArgument(given, 'spec'),
    limit: numberArgument(given, 'limit') ?? LIMIT_DEFAULT,
    cursor: textArgument(given, 'cursor'),
    grant: textArgument(given, 'grant'),
  };
  if (connection === null) return listConnections(call, listing);
  const sets = await setsOfConnection(call, connection, listing.grant);
  if (sets instanceof ToolFault || sets instanceof Problem) return sets;
  const chosen = setsOfSpec(sets, listing.spec);
  if (chosen instanceof ToolFault) return chosen;
  return listOperations(call, { connection, sets, chosen }, listing);
}

function listConnections({ snapshot, caller }: ToolCall, listing: Listing): ToolAnswer {
  const { operations, routes } = snapshot;
  if (listing.spec !== null) return invalid('spec is of a connection: name the connection too');
  const rows = visibleConnections(operations, caller.access).map((name) => {
    const sets = visibleSets(operations, caller.access, name) ?? [];
    return connectionRow(name, sets, routes.get(name));
  });
  const matching = listing.query === null ? rows : rows.filter((row) => holdsWords(row, listing.query ?? ''));
  const shown = matching.length === 0 ? rows : matching;
  const page = pageOf(shown, { ...listing, list: [snapshot.digest, caller.name, listing.query] });
  if (page === null) return staleCursor();
  return {
    connections: page.rows,
    operations: [],
    ...endOf(page, noteOfConnections(listing.query, { rows: rows.length, matching: matching.length })),
  };
}

interface ConnectionRow {
  readonly name: string;
  readonly description?: string;
  readonly catalog?: string;
  /** null: an MCP server, which is asked for its tools when its connection is named. */
  readonly operations: number | null;
  readonly mcp_server?: true;
  readonly unavailable?: string;
}

function connectionRow(
  name: string,
  sets: readonly OperationSet[],
  route: Pick<Route, 'connection' | 'unavailable'> | undefined,
): ConnectionRow {
  const [first] = sets;
  const unavailable = route?.unavailable ?? null;
  const description = route?.connection.description ?? first?.title ?? null;
  const isServer = route !== undefined && isMcpServer(route.connection);
  return {
    name,
    ...(description === null ? {} : { description }),
    ...(first === undefined ? {} : { catalog: first.catalog }),
    operations: isServer ? null : sets.reduce((sum, { count }) => sum + count, 0),
    ...(isServer ? { mcp_server: true } : {}),
    ...(unavailable === null ? {} : { unavailable }),
  };
}

function holdsWords({ name, description, catalog }: ConnectionRow, query: string): boolean {
  const text = [name, description, catalog].join('\n').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .some((word) => word !== '' && text.includes(word));
}

function noteOfConnections(
  query: string | null,
  { rows, matching }: { readonly rows: number; readonly matching: number },
): string {
  if (rows === 0) return 'there is no connection that you may use';
  const next = 'name a connection to list or search its operations';
  if (query === null) return next;
  return matching === 0
    ? `no connection is named or described so; these are all of them: ${next}`
    : `connections that are named or described so; ${next}`;
}

interface Chosen {
  readonly connection: string;
  readonly sets: readonly OperationSet[];
  /** Those of the description that is named; all where none is. */
  readonly chosen: readonly OperationSet[];
}

async function listOperations(
  { snapshot, caller }: ToolCall,
  { connection, sets, chosen }: Chosen,
  listing: Listing,
): Promise<ToolAnswer> {
  const { query, spec, grant } = listing;
  const open = chosen.length > 1;
  const found = await placesOf(chosen, query, connection);
  const page = pageOf(found.places, {
    ...listing,
    // The tools of an MCP server change without the table.
    list: [snapshot.digest, caller.name, connection, spec, query, grant, String(found.places.length)],
  });
  if (page === null) return staleCursor();
  const note = [
    found.note,
    open ? 'choose one with spec, or search with query' : null,
    ...chosen.map(({ partial }) => (partial === null ? null : `${partial}; others can be called by name`)),
  ];
  const several = sets.length > 1;
  return {
    ...(open ? { specs: chosen.map(specRow) } : {}),
    operations: page.rows.map((place) => operationRow(place, several)),
    ...endOf(page, note.filter((one) => one !== null).join('; ')),
  };
}

interface Places {
  readonly places: readonly Place[];
  readonly note: string | null;
}

/** Of several descriptions that none was chosen from nothing is listed, but what a query finds in any. */
async function placesOf(
  chosen: readonly OperationSet[],
  query: string | null,
  connection: string,
): Promise<Places> {
  const [set, ...others] = chosen;
  if (set === undefined) {
    const note = `${connection} has no API description: its operations are not known; call api_invoke_endpoint with method and path`;
    return { places: [], note };
  }
  if (query !== null) return searchSets(chosen, query);
  if (others.length > 0) return { places: [], note: `${connection} has several API descriptions` };
  return { places: sorted(set), note: set.count === 0 ? 'there is no operation that you may use' : null };
}

const inOrder = new WeakMap<OperationSet, readonly Place[]>();

/** Gives the operations of a set by path, then by method. Sorted once. */
function sorted(set: OperationSet): readonly Place[] {
  const before = inOrder.get(set);
  if (before !== undefined) return before;
  const { ids, methods, paths } = set.list;
  const places = [...ids.keys()].map((index) => ({ set, index }));
  places.sort(
    (one, other) =>
      byCodeUnit(paths[one.index] ?? '', paths[other.index] ?? '') ||
      byCodeUnit(methods[one.index] ?? '', methods[other.index] ?? ''),
  );
  inOrder.set(set, places);
  return places;
}

function specRow({ description, title, summary, count }: OperationSet): object {
  return {
    name: description,
    ...(title === null ? {} : { title }),
    ...(summary === null ? {} : { summary }),
    operations: count,
  };
}

function operationRow(place: Place, several: boolean): object {
  const { set, index } = place;
  const { ids, methods, summaries, tags, deprecated } = set.list;
  const summary = summaries[index] ?? null;
  const those = tags[index] ?? [];
  return {
    operation_id: ids[index],
    method: methods[index],
    path: apiPath(place),
    ...(summary === null ? {} : { summary }),
    ...(those.length === 0 ? {} : { tags: those }),
    ...(several ? { spec: set.description } : {}),
    ...(deprecated[index] === true ? { deprecated: true } : {}),
  };
}

function endOf({ total, next }: Page<unknown>, note: string): object {
  return {
    total,
    ...(next === null ? {} : { next_cursor: next }),
    ...(note === '' ? {} : { note }),
  };
}

function staleCursor(): Problem {
  return invalid('cursor is of another list, or of a table that was replaced: leave it out to begin again');
}

function invalid(detail: string): Problem {
  return new Problem('request_invalid', detail);
}
