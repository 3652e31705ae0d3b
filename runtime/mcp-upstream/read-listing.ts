import type { Connection } from '../../table/types.ts';
import type { UpstreamAnswer } from '../call-upstream.ts';
import { whereToConnect } from '../grants/grant-problems.ts';
import { needsGrant } from '../grants/needs-grant.ts';
import { redactJson } from '../7-relay/redact-json.ts';
import { Problem } from '../problem.ts';
import { inSession } from './in-session.ts';
import type { McpWire } from './open-wire.ts';
import { readReply } from './read-reply.ts';
import type { McpSession } from './session-id.ts';
import { toolListing } from './tool-listing.ts';
import type { ToolListing } from './tool-listing.ts';

/** How far a server is listed. What it has beyond is not listed, and that is told. */
export const PAGES_MAX = 50;
export const TOOLS_MAX = 1_000;
/** Of JSON, of all tools together. */
export const LISTED_MAX_BYTES: number = 1024 * 1024;

/** What a refusal says of the way to a credential that works. */
export interface ListedConnection {
  readonly connection: Connection;
  readonly control_url: string | null;
}

/** Asks for all pages of `tools/list`, in one session. Gives the tools, or the problem of the first page that does not come. */
export async function readListing(wire: McpWire, of: ListedConnection): Promise<ToolListing | Problem> {
  const { redact } = wire.admitted.route.relay;
  const read: Read = { tools: [], bytes: 0, cursors: new Set() };
  let session: McpSession | null = null;
  let next: string | null = null;
  let partial: string | null = null;
  try {
    for (let page = 1; partial === null; page += 1) {
      const params = next === null ? {} : { cursor: next };
      const message = { jsonrpc: '2.0', id: page, method: 'tools/list', params };
      const sent = await inSession(wire, session, message);
      session = sent.session;
      const got = await readPage(sent.answer, page, { wire, of });
      if (got instanceof Problem) return got;
      partial = take(read, got);
      next = got.next;
      if (next === null) break;
    }
    return toolListing(redactJson(read.tools, redact) as unknown[], partial);
  } finally {
    wire.end(session);
  }
}

/** What was read so far. */
interface Read {
  readonly tools: unknown[];
  bytes: number;
  /** Those that were given, one for each page but the last. */
  readonly cursors: Set<string>;
}

/** Takes a page. Gives why nothing is read behind it; null where there is no reason. */
function take(read: Read, { tools, next }: Page): string | null {
  for (const tool of tools) {
    read.bytes += Buffer.byteLength(JSON.stringify(tool), 'utf8');
    if (read.tools.length === TOOLS_MAX) return `only the first ${TOOLS_MAX} tools are listed`;
    if (read.bytes > LISTED_MAX_BYTES) return `only the first ${LISTED_MAX_BYTES} bytes of tools are listed`;
    read.tools.push(tool);
  }
  if (next === null) return null;
  if (read.cursors.has(next)) return 'the MCP server gave a cursor twice, and is not listed beyond it';
  read.cursors.add(next);
  return read.cursors.size < PAGES_MAX ? null : `only the first ${PAGES_MAX} pages of tools are listed`;
}

interface Page {
  readonly tools: readonly unknown[];
  readonly next: string | null;
}

async function readPage(
  answer: UpstreamAnswer | Problem,
  id: number,
  { wire, of }: { readonly wire: McpWire; readonly of: ListedConnection },
): Promise<Page | Problem> {
  if (answer instanceof Problem) return answer;
  if (answer.status >= 300) {
    answer.content.destroy();
    return refused(answer.status, of);
  }
  const reply = await readReply(answer, id, wire);
  if (reply instanceof Problem) return reply;
  const { name } = of.connection;
  if ('error' in reply) {
    const why = `its MCP server answered tools/list with the error ${reply.error.code}`;
    return new Problem('upstream_protocol', `the tools of ${name} are not known: ${why}`);
  }
  const { tools, nextCursor } = reply.result;
  if (!Array.isArray(tools)) {
    const why = 'its MCP server answered tools/list without any list';
    return new Problem('upstream_protocol', `the tools of ${name} are not known: ${why}`);
  }
  return { tools, next: typeof nextCursor === 'string' && nextCursor !== '' ? nextCursor : null };
}

function refused(status: number, { connection, control_url }: ListedConnection): Problem {
  const said = `the tools of ${connection.name} are not known: its MCP server answered ${status}`;
  if (status !== 401 && status !== 403) return new Problem('upstream_protocol', said);
  const why = needsGrant(connection)
    ? `it does not accept the grant: connect it anew${whereToConnect(control_url)}`
    : 'it does not accept the credential that is declared';
  return new Problem('upstream_protocol', `${said}; ${why}`);
}
