/**
 * Tells whether a URL names a store: `sqlite:PATH` of a file or a PostgreSQL server. What stands for a reference in it
 * counts as text. `:memory:` would be a database for each of several sockets, and gone with the process.
 */
export function isStoreUrl(url: string): boolean {
  return /^(?:sqlite:(?!:memory:|file:)[^\0]+|postgres(?:ql)?:\/\/[^/].*)$/.test(url);
}
