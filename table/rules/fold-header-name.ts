/**
 * Gives the form in which header names are compared: lower case, `_` read as `-`.
 *
 * Field names are case-insensitive (RFC 9110 5.1). CGI-style servers also read `X_Key` as `X-Key`
 * (RFC 3875 4.1.18 turns `-` into `_`), so a caller could otherwise pass a second value for a name
 * that the operator owns.
 */
export function foldHeaderName(name: string): string {
  const lower = name.toLowerCase();
  return lower.includes('_') ? lower.replaceAll('_', '-') : lower;
}
