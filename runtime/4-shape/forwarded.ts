import type { IncomingMessage } from 'node:http';

/**
 * Gives the fields that tell an upstream of the caller, as pairs, for a connection with `forwarded: true`:
 * Forwarded (RFC 7239), the X-Forwarded-* that older servers read, and Via (RFC 9110 7.6.3). What the
 * caller sent of them is dropped before: it could be anything.
 */
export function forwardedHeaders(
  request: IncomingMessage,
  host: string | null,
): [name: string, value: string][] {
  const address = request.socket.remoteAddress ?? 'unknown';
  const node = address.includes(':') ? `"[${address}]"` : address;
  const forwarded = host === null ? `for=${node};proto=http` : `for=${node};host="${host}";proto=http`;
  const headers: [string, string][] = [
    ['Forwarded', forwarded],
    ['X-Forwarded-For', address],
    ['X-Forwarded-Proto', 'http'],
    ['Via', `${request.httpVersion} gw`],
  ];
  if (host !== null) headers.push(['X-Forwarded-Host', host]);
  return headers;
}
