import { open, seal } from '../sealing/envelope.ts';
import type { SealingKeys } from '../sealing/sealing-keys.ts';

/** A session with an MCP server. */
export interface McpSession {
  /** As the server names it; null where it keeps none. Never shown to callers. */
  readonly id: string | null;
  /** The version of the protocol that was agreed on. */
  readonly version: string;
}

/** Whose session it is: nobody else can use its id. */
export interface SessionOwner {
  readonly account: string | null;
  readonly connection: string;
  /** null where the connection's credential is declared. */
  readonly grant: string | null;
}

/**
 * Gives the id under which a caller finds a session again. The session itself is in it, sealed and bound to its
 * owner, so that every worker and replica with the same keys knows it and none has to keep it.
 */
export function sessionId({ id, version }: McpSession, owner: SessionOwner, keys: SealingKeys): string {
  const [, , keyId = '', body = ''] = seal(JSON.stringify([id, version]), boundTo(owner), keys).split(':');
  return `${keyId}.${Buffer.from(body, 'base64').toString('base64url')}`;
}

/** Gives the session of an id; null where it is none of this owner's, whoever else's it may be. */
export function sessionOf(shown: string, owner: SessionOwner, keys: SealingKeys): McpSession | null {
  const [keyId = '', body = '', ...more] = shown.split('.');
  if (more.length > 0) return null;
  const sealed = `sealed:v1:${keyId}:${Buffer.from(body, 'base64url').toString('base64')}`;
  const opened = open(sealed, boundTo(owner), keys);
  if (typeof opened === 'string') return null;
  const [id, version] = JSON.parse(opened.reveal()) as [string | null, string];
  return { id, version };
}

function boundTo({ account, connection, grant }: SessionOwner): string {
  return JSON.stringify(['mcp session', account, connection, grant]);
}
