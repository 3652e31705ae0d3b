/** Tells whether content follows the head of an answer: none behind HEAD, 204 and 304, whatever its fields say (RFC 9110 6.4.1). */
export function hasContent(method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304;
}
