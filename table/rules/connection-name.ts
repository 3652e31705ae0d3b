/** Names: what may stand in YAML as a connection's name, and so as the first segment of a path. */
export const CONNECTION_NAME: RegExp = /^[a-z][a-z0-9_-]{0,63}$/;

/** First segments that the gateway keeps for itself on either address. */
export const RESERVED_CONNECTION_NAMES: ReadonlySet<string> = new Set([
  'mcp',
  'api',
  'connections',
  'connect',
  'portal',
  'healthz',
  'readyz',
  'metrics',
  'oauth',
]);
