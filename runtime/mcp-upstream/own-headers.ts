/** Headers of each message to an MCP server, flat: name, value. A connection's static headers win, as over a caller's. */
export const OWN_HEADERS: readonly string[] = [
  'Accept',
  'application/json, text/event-stream',
  'Content-Type',
  'application/json',
];
