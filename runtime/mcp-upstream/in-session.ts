import type { UpstreamAnswer } from '../call-upstream.ts';
import { Problem } from '../problem.ts';
import type { McpWire } from './open-wire.ts';
import { fieldOf, readReply } from './read-reply.ts';
import type { McpSession } from './session-id.ts';

/** The newest version of the protocol that is spoken here. */
const VERSION = '2025-11-25';
/** Those whose messages and transport are the same for what is asked here. */
const SPOKEN: ReadonlySet<string> = new Set([VERSION, '2025-06-18', '2025-03-26']);

/** An answer, and the session that it was given in; null where none could be opened. */
export interface SessionAnswer {
  readonly answer: UpstreamAnswer | Problem;
  readonly session: McpSession | null;
}

/**
 * Sends a request in a session: the one that is given, else a new one. Where the server does not know that one any
 * more (404, before it looks at the request), a new one is opened once and the request sent in it.
 */
export async function inSession(
  wire: McpWire,
  given: McpSession | null,
  message: object,
): Promise<SessionAnswer> {
  if (given !== null) {
    const answer = await wire.post(message, given);
    const isLost = !(answer instanceof Problem) && answer.status === 404 && given.id !== null;
    if (!isLost) return { answer, session: given };
    answer.content.destroy();
  }
  const opened = await initialize(wire);
  if (!('version' in opened)) return { answer: opened, session: null };
  return { answer: await wire.post(message, opened), session: opened };
}

/** Opens a session: `initialize`, then the notification that the client is ready. Gives an answer in its place that is an error. */
async function initialize(wire: McpWire): Promise<McpSession | UpstreamAnswer | Problem> {
  const answer = await wire.post(
    {
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: { protocolVersion: VERSION, capabilities: {}, clientInfo: { name: 'gw', version: '1' } },
    },
    null,
  );
  if (answer instanceof Problem || answer.status >= 300) return answer;
  const reply = await readReply(answer, 0, wire);
  if (reply instanceof Problem) return reply;
  if ('error' in reply) return refused(`refused to open a session (${reply.error.code})`);
  const version = reply.result['protocolVersion'];
  if (typeof version !== 'string' || !SPOKEN.has(version))
    return refused('speaks no version of the protocol that the gateway does');
  const session = { id: fieldOf(answer.headers, 'mcp-session-id'), version };
  const ready = await wire.post({ jsonrpc: '2.0', method: 'notifications/initialized' }, session);
  if (ready instanceof Problem || ready.status >= 300) return ready;
  ready.content.destroy();
  return session;
}

function refused(why: string): Problem {
  return new Problem('upstream_protocol', `the MCP server ${why}`);
}
