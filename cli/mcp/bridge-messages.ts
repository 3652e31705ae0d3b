import { isMapping } from '../../table/rules/is-mapping.ts';
import { postMessage } from './post-message.ts';
import type { PostedMessage } from './post-message.ts';

/** Where messages go, and who gets what comes back. */
export interface Bridge {
  readonly base: URL;
  readonly key: string;
  /** Takes one message of the gateway: a line of JSON. */
  readonly write: (line: string) => void;
  /** Takes what people should know. */
  readonly tell: (text: string) => void;
}

/** JSON-RPC's codes (2.0, section 5.1), and the first of those that are for servers to use. */
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const SERVER_ERROR = -32_000;

/** A message, as far as it steers the bridge. */
interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: { readonly requestId?: unknown };
}

/**
 * Passes messages of MCP's stdio transport (2025-11-25: one JSON-RPC message a line) on to the MCP front door of a
 * gateway, each as a request of its own, and writes the answers as they come. Resolves when the lines have ended
 * and everything is answered. No secret but the caller's own key is in this process, and nothing is kept in it.
 */
export async function bridgeMessages(lines: AsyncIterable<string>, bridge: Bridge): Promise<void> {
  const session: Session = { version: null, id: null, underWay: new Map() };
  const answering = new Set<Promise<void>>();
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const passed = passOn(line, session, bridge);
    answering.add(passed);
    void passed.finally(() => answering.delete(passed));
    // What comes behind the first message is of the version that its answer names.
    if (session.version === null) await passed;
  }
  await Promise.all(answering);
}

interface Session {
  /** The protocol's version, once it is agreed on: every later request names it. */
  version: string | null;
  /** What the gateway calls it. */
  id: string | null;
  /** By the id of a request, as JSON. */
  readonly underWay: Map<string, AbortController>;
}

async function passOn(line: string, session: Session, bridge: Bridge): Promise<void> {
  const message = parse(line);
  if (message === null) {
    bridge.write(errorLine(null, PARSE_ERROR, 'Parse error: a line is not one JSON-RPC message'));
    return;
  }
  const { method, params } = message;
  if (method === 'notifications/cancelled') {
    // No session is kept at the gateway: a request is cancelled there by ending its connection.
    session.underWay.get(JSON.stringify(params?.requestId))?.abort();
    return;
  }
  const id = message.id === undefined || method === undefined ? null : message.id;
  const leaving = new AbortController();
  const name = JSON.stringify(id);
  if (id !== null && session.underWay.has(name)) {
    bridge.write(errorLine(id, INVALID_REQUEST, 'Invalid Request: the id is that of a request under way'));
    return;
  }
  if (id !== null) session.underWay.set(name, leaving);
  try {
    const posted = await postMessage(line, {
      ...bridge,
      version: session.version,
      session: session.id,
      signal: leaving.signal,
    });
    if (id !== null) answer(posted, { id, method, session, bridge });
    else if (posted.status >= 400) bridge.tell(`the gateway answered ${posted.status}: ${reasonOf(posted)}`);
  } catch (error) {
    // Who cancelled wants no answer (MCP 2025-11-25, cancellation).
    if (leaving.signal.aborted) return;
    const why = `no answer from ${bridge.base.origin}: ${error instanceof Error ? error.message : 'unknown'}`;
    bridge.tell(why);
    if (id !== null) bridge.write(errorLine(id, SERVER_ERROR, why));
  } finally {
    if (id !== null) session.underWay.delete(name);
  }
}

interface Answered {
  readonly id: unknown;
  readonly method: unknown;
  readonly session: Session;
  readonly bridge: Bridge;
}

function answer(posted: PostedMessage, { id, method, session, bridge }: Answered): void {
  const message = parse(posted.body) as { readonly jsonrpc?: unknown; readonly result?: unknown } | null;
  if (message?.jsonrpc === undefined || posted.status >= 400) {
    const reason = `the gateway answered ${posted.status}: ${reasonOf(posted)}`;
    bridge.tell(reason);
    bridge.write(errorLine(id, SERVER_ERROR, reason));
    return;
  }
  if (method === 'initialize') {
    session.version = versionOf(message.result);
    session.id = posted.session;
  }
  // As a line: what the gateway sends has no line feeds in it, but it is not for this side to rely on that.
  bridge.write(JSON.stringify(message));
}

function versionOf(result: unknown): string | null {
  if (typeof result !== 'object' || result === null || !('protocolVersion' in result)) return null;
  return typeof result.protocolVersion === 'string' ? result.protocolVersion : null;
}

/** Gives what an answer says that is no answer to a message: a problem of the gateway, or an error of JSON-RPC. */
function reasonOf({ body }: PostedMessage): string {
  const told = parse(body) as {
    readonly detail?: unknown;
    readonly error?: { readonly message?: unknown };
  } | null;
  if (typeof told?.detail === 'string') return told.detail;
  return typeof told?.error?.message === 'string' ? told.error.message : 'not in JSON';
}

function parse(text: string): Message | null {
  try {
    const value: unknown = JSON.parse(text);
    return isMapping(value) ? value : null;
  } catch {
    return null;
  }
}

function errorLine(id: unknown, code: number, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } });
}
