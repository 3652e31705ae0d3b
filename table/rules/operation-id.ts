/**
 * Gives an operation's id: the document's operationId, or `METHOD path` where it has none.
 * `path` is the template as the document writes it, without server path or prefix, so that the id
 * does not change with the connection that uses it.
 */
export function operationId(declared: string | null, method: string, path: string): string {
  return declared !== null && declared !== '' ? declared : `${method.toUpperCase()} ${path}`;
}
