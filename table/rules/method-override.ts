/**
 * Folded names of headers that make some servers read another method or path than the request line's.
 * Where rules look at method or path, a request that bears one is refused: the rule would judge one
 * request and the upstream serve another.
 */
const OVERRIDE_HEADERS: ReadonlySet<string> = new Set([
  'x-http-method-override',
  'x-method-override',
  'x-http-method',
  'x-original-url',
  'x-rewrite-url',
]);

/** Methods of WebDAV that write to the path in the header Destination (RFC 4918 10.3). */
const WITH_DESTINATION: ReadonlySet<string> = new Set(['COPY', 'MOVE']);

/** Tells whether a header (its name folded) makes a request one of another method, or one of a second path. */
export function isOverride(folded: string, method: string): boolean {
  return OVERRIDE_HEADERS.has(folded) || (folded === 'destination' && WITH_DESTINATION.has(method));
}

/**
 * Tells whether a query (without `?`) has the parameter `_method`, which Rails-like servers read as the
 * method. PHP takes spaces off a name's front and reads `.` and `[` in it as `_`, so those count too.
 */
export function hasMethodParameter(query: string): boolean {
  return query.split(/[&;]/).some((pair) => /^ *[_.[]method$/.test(queryName(pair)));
}

/** Gives the decoded name of a query pair (`+` as space); the raw name where its escapes are no UTF-8. */
export function queryName(pair: string): string {
  const equals = pair.indexOf('=');
  const raw = (equals < 0 ? pair : pair.slice(0, equals)).replaceAll('+', ' ');
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}
