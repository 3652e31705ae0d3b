import { Readable } from 'node:stream';
import { isMapping } from '../../table/rules/is-mapping.ts';
import type { UpstreamAnswer, UpstreamAsk } from '../call-upstream.ts';
import type { ExchangeRecord } from '../exchange.ts';
import { Problem } from '../problem.ts';
import { inSession } from './in-session.ts';
import { openWire } from './open-wire.ts';
import type { McpWire } from './open-wire.ts';
import { readReply } from './read-reply.ts';
import type { Reply } from './read-reply.ts';
import { sessionId, sessionOf } from './session-id.ts';
import type { McpSession, SessionOwner } from './session-id.ts';
import { pathOfTool } from '../operations/tool-path.ts';
import { toolOf } from './tool-of.ts';

/**
 * Calls a tool of a connection's MCP server, as `POST /{tool}` with its arguments asks for, and gives its result as
 * JSON: `{content, isError, structuredContent?}`. The answer names the session under an id of the gateway's own. An
 * error status of the server is given as it came, a problem where nothing came.
 */
export async function callTool(record: ExchangeRecord, ask: UpstreamAsk): Promise<UpstreamAnswer | Problem> {
  const wire = await openWire(record, ask);
  if (wire instanceof Problem) return wire;
  try {
    return await called(record, ask, wire);
  } finally {
    wire.memory.release();
  }
}

async function called(
  record: ExchangeRecord,
  ask: UpstreamAsk,
  wire: McpWire,
): Promise<UpstreamAnswer | Problem> {
  const call = callOf(ask);
  if (call instanceof Problem) return call;
  record.content = ask.body === null ? null : { contentType: 'application/json', body: ask.body };
  record.requestBytes = ask.body?.length ?? 0;
  record.operation = call.name;
  record.template = pathOfTool(call.name);
  const owner = { account: record.account, connection: ask.route.connection.name, grant: record.grant };
  const keys = record.snapshot.sessionKeys;
  const shown = sessionShown(ask.headers);
  const given = shown === null ? null : sessionOf(shown, owner, keys);
  if (shown !== null && given === null) {
    return new Problem(
      'session_unknown',
      'Mcp-Session-Id names no session of this account, grant and connection; send the request without it',
    );
  }
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: call };
  const { answer, session } = await inSession(wire, given, message);
  try {
    if (answer instanceof Problem) return answer;
    if (answer.status >= 300) return withoutSession(answer);
    const reply = await readReply(answer, 1, wire);
    if (reply instanceof Problem) return reply;
    return resultAnswer(reply, answer, shownSession(session, owner, record));
  } finally {
    // An envelope has no place for the session's id: nobody can go on in one that was opened for it.
    if (record.door !== 'passthrough' && session !== given) wire.end(session);
  }
}

interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

function callOf(ask: UpstreamAsk): ToolCall | Problem {
  const { body } = ask;
  const name = toolOf(ask);
  if (name instanceof Problem) return name;
  if (body === null || body.length === 0) return { name, arguments: {} };
  let written: unknown;
  try {
    written = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    written = null;
  }
  return isMapping(written)
    ? { name, arguments: written }
    : new Problem('request_invalid', "the body is to be the tool's arguments: a JSON object");
}

function sessionShown(headers: readonly string[]): string | null {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'mcp-session-id');
  return at < 0 ? null : (headers[at + 1] ?? '');
}

function shownSession(
  session: McpSession | null,
  owner: SessionOwner,
  { snapshot }: ExchangeRecord,
): string | null {
  return session === null ? null : sessionId(session, owner, snapshot.sessionKeys);
}

/** What a server says in errors of the protocol is told like what a tool says of its own. */
function resultAnswer(reply: Reply, { admitted }: UpstreamAnswer, shown: string | null): UpstreamAnswer {
  const told =
    'error' in reply
      ? { content: [{ type: 'text', text: reply.error.message }], isError: true, error: reply.error }
      : resultOf(reply.result);
  const body = Buffer.from(JSON.stringify(told), 'utf8');
  const fields = ['Content-Type', 'application/json', 'Content-Length', String(body.length)];
  if (shown !== null) fields.push('Mcp-Session-Id', shown);
  return {
    status: 200,
    headers: fields.map((field) => Buffer.from(field, 'latin1')),
    content: Readable.from([body], { objectMode: false }),
    admitted,
  };
}

function resultOf({ content, isError, structuredContent }: Readonly<Record<string, unknown>>): object {
  return {
    content: Array.isArray(content) ? content : [],
    isError: isError === true,
    ...(structuredContent === undefined ? {} : { structuredContent }),
  };
}

/** The server's own name of a session is for nobody else. */
function withoutSession(answer: UpstreamAnswer): UpstreamAnswer {
  const { headers } = answer;
  const kept = headers.filter(
    (_, at) => headers[at - (at % 2)]?.toString('latin1').toLowerCase() !== 'mcp-session-id',
  );
  return { ...answer, headers: kept };
}
