/**
 * Gives the path and query to send: the base path, then what the caller sent, byte for byte. The origin
 * is never part of it: the socket pool holds that. Throws when the result leaves the base path; nothing
 * that passed the target check can, so it would be a fault of ours, and nothing is sent.
 */
export function upstreamPath(basePath: string, rest: string): string {
  const path = rest.startsWith('/') ? basePath + rest : `${basePath === '' ? '/' : basePath}${rest}`;
  const next = path.charCodeAt(basePath.length);
  const stays = path.startsWith(basePath) && (Number.isNaN(next) || next === 0x2f || next === 0x3f);
  if (!stays || !path.startsWith('/')) throw new Error('the assembled path leaves the base path');
  return path;
}
