const ODD = /[^a-z0-9-]/;

/**
 * Gives the form in which header names are compared: lower case, `_` and every other character that is
 * no letter or digit read as `-`.
 *
 * Field names are case-insensitive (RFC 9110 5.1). CGI-style servers also read `X_Key` as `X-Key`
 * (RFC 3875 4.1.18 turns `-` into `_`), so a caller could otherwise pass a second value for a name
 * that the operator owns. Some of them (lighttpd's CGI, PHP behind FastCGI) do the same with `X.Key`
 * and the rest of RFC 9110's token characters.
 */
export function foldHeaderName(name: string): string {
  return known.get(name) ?? remember(name);
}

/** Names seen before, with their form: most requests bring the same few. */
const known = new Map<string, string>();
/** Callers choose names: no more than this are kept. */
const KNOWN_MAX = 1_000;

function remember(name: string): string {
  const folded = fold(name);
  if (known.size < KNOWN_MAX && name.length <= 64) known.set(name, folded);
  return folded;
}

function fold(name: string): string {
  const lower = name.toLowerCase();
  return ODD.test(lower) ? lower.replace(/[^a-z0-9-]/g, '-') : lower;
}
