/** What percent-encoding has no bytes for. */
export const HALF_PAIR: RegExp = /\p{Surrogate}/u;

/** Tells whether a text can be the name of a query parameter: any but the empty one, as UTF-8. */
export function isParameterName(name: string): boolean {
  return name !== '' && !HALF_PAIR.test(name);
}
