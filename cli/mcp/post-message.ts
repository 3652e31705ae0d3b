import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { trimSlashes } from '../../table/rules/trim-slashes.ts';

/** How a message is sent. */
export interface Posting {
  /** The URL of the gateway. */
  readonly base: URL;
  readonly key: string;
  /** The version of the protocol; null before it is agreed on. */
  readonly version: string | null;
  /** What the gateway called the session; null before it did. */
  readonly session: string | null;
  readonly signal: AbortSignal;
}

/** What the gateway answered. */
export interface PostedMessage {
  readonly status: number;
  /** What the session is called, where the answer says it. */
  readonly session: string | null;
  readonly body: string;
}

/** Sends one message to the MCP front door of a gateway. Rejects where there is no whole answer. */
export async function postMessage(message: string, posting: Posting): Promise<PostedMessage> {
  const response = await responseTo(message, posting);
  const session = response.headers['mcp-session-id'];
  return {
    status: response.statusCode ?? 0,
    session: typeof session === 'string' ? session : null,
    body: await text(response),
  };
}

// Not fetch: it gives up on an answer after five minutes, and a call may take ten.
function responseTo(
  message: string,
  { base, key, version, session, signal }: Posting,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = (base.protocol === 'https:' ? httpsRequest : httpRequest)({
      method: 'POST',
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port,
      path: `${trimSlashes(base.pathname)}/mcp`,
      signal,
      headers: {
        Authorization: `Bearer ${key}`,
        Accept: 'application/json, text/event-stream',
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(message),
        ...(version === null ? {} : { 'MCP-Protocol-Version': version }),
        ...(session === null ? {} : { 'Mcp-Session-Id': session }),
      },
    });
    request.on('response', resolve).on('error', reject).end(message);
  });
}
