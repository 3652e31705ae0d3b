import type { Knock } from './receive.ts';

/**
 * A way in beside passthrough. It answers the exchange, whatever comes; what it throws is a fault of ours and is
 * answered so.
 */
export type FrontDoor = () => Promise<(knock: Knock) => Promise<void>>;

/**
 * The front doors beside passthrough, by first path segment (names that no connection may have). The caller is known
 * and its account within its limit when one opens. Each is loaded with its first request.
 */
export const FRONT_DOORS: ReadonlyMap<string, FrontDoor> = new Map<string, FrontDoor>([
  ['api', async () => (await import('./invoke/invoke-door.ts')).openInvokeDoor],
  ['mcp', async () => (await import('./mcp/mcp-door.ts')).openMcpDoor],
]);
