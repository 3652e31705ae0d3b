/** Tells whether a URL names a store: `sqlite:PATH` or a PostgreSQL server. What stands for a reference in it counts as text. */
export function isStoreUrl(url: string): boolean {
  return /^(?:sqlite:[^\0]+|postgres(?:ql)?:\/\/[^/].*)$/.test(url);
}
