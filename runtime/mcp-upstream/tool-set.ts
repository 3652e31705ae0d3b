import type { OperationRecord } from '../../table/operations.ts';
import type { Connection, Decider } from '../../table/types.ts';
import { authorize } from '../3-authenticate/authorize.ts';
import type { GrantedAccess } from '../3-authenticate/rights-of.ts';
import type { ExchangeRecord } from '../exchange.ts';
import { columnsOf } from '../operations/operation-set.ts';
import type { OperationSet } from '../operations/operation-set.ts';
import { catalogName } from '../operations/operation-sets.ts';
import { indexOperations, searchIn } from '../operations/search-index.ts';
import { Problem } from '../problem.ts';
import { listTools } from './list-tools.ts';
import type { ListAsk } from './list-tools.ts';
import type { ListedTool, ToolListing } from './tool-listing.ts';
import { TOOLS_SPEC } from '../operations/tool-path.ts';

/** A tool takes its arguments by this method alone. */
const METHOD = 'POST';

/** A listing that nobody has to be asked for. */
const NOTHING: ToolListing = { tools: [], schemas: [], partial: null };

/**
 * Gives the tools of a connection's MCP server that a caller may call, as a set of operations; or why they are not
 * known. Each is judged as the call would be: whatever lists, counts, searches or describes them cannot tell of the
 * others. Nobody is asked for who may call none.
 */
export async function toolSet(
  record: ExchangeRecord,
  ask: Omit<ListAsk, 'by'>,
): Promise<OperationSet | Problem> {
  const { caller, route } = ask;
  const by = giverOf(caller.access.get(route.connection.name));
  const listing = by === null ? NOTHING : await listTools(record, { ...ask, by });
  if (listing instanceof Problem) return listing;
  const operations = listing.tools
    .filter(({ path }) => {
      const asked = { method: METHOD, rest: path, folded: [], written: true };
      return !(authorize(caller, route, asked) instanceof Problem);
    })
    .map(recordOf);
  return setOf(route.connection, operations, listing);
}

/** Gives the persona that lets a caller change something on a connection: a call of a tool may. */
function giverOf(access: GrantedAccess | undefined): Decider | null {
  return access?.open ?? access?.plan.allows.find(({ read_only }) => !read_only) ?? null;
}

function setOf(
  connection: Connection,
  operations: readonly OperationRecord[],
  { schemas, partial }: ToolListing,
): OperationSet {
  return {
    connection: connection.name,
    catalog: connection.catalog === null ? connection.name : catalogName(connection.catalog),
    description: TOOLS_SPEC,
    title: null,
    summary: null,
    prefix: '',
    count: operations.length,
    partial,
    list: columnsOf(operations),
    record: (index) => {
      const record = operations[index];
      if (record === undefined) throw new Error('a tool was looked for that its set does not have');
      return record;
    },
    schema: (number) => schemas[number] ?? true,
    search: async (query, words, only) =>
      searchIn(await indexOperations(operations), { query, words, only: only ?? (() => true) }),
  };
}

function recordOf({ name, path, summary, description, input, output }: ListedTool): OperationRecord {
  const content = (schema: number): OperationRecord['responses'][number]['content'] => [
    { media_type: 'application/json', schema, encoding: {}, examples: [] },
  ];
  return {
    id: name,
    method: METHOD,
    path,
    summary,
    description: description === summary ? null : description,
    tags: [],
    deprecated: false,
    parameters: [],
    request_body: { required: false, description: null, content: content(input) },
    responses: [{ status: '200', description: null, headers: [], content: content(output) }],
  };
}
