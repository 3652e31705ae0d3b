/**
 * The hop-by-hop fields, folded: they concern one socket and are never forwarded or relayed
 * (RFC 9110 7.6.1, with the older names of RFC 2616 13.5.1 that servers still act on). The one list.
 * What the `Connection` header names is hop-by-hop too: see `connectionNominated`.
 */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Fields that say how content is framed, or ask the next hop to act before it: always written anew, never copied. */
export const FRAMING: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'trailer',
  'expect',
  'host',
]);
