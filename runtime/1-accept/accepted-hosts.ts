import { isIP } from 'node:net';
import type { ListenAddress } from '../../table/types.ts';

/** The names under which an address answers. */
export interface AcceptedHosts {
  /** What `Host` may say, lower case. */
  readonly hosts: ReadonlySet<string>;
  /** What `Origin` may say, lower case. */
  readonly origins: ReadonlySet<string>;
}

/**
 * Gives the names of a server: those of the URLs that are configured for it, and of where it listens. A page of
 * somebody else whose name was led to this address (DNS rebinding) sends its own name, and is refused by it.
 */
export function acceptedHosts(
  configured: readonly string[],
  listening: readonly ListenAddress[],
): AcceptedHosts {
  const urls = [
    ...configured,
    ...listening.flatMap(({ host, port }) => namesOf(host).map((name) => `http://${name}:${port}`)),
  ].map((url) => new URL(url));
  return {
    hosts: new Set(urls.flatMap(hostsOf)),
    origins: new Set(urls.map(({ origin }) => origin)),
  };
}

/** Gives what of a request is of elsewhere; null where nothing is. Without `Origin` it is not of a page. */
export function foreignName(
  { host, origin }: { readonly host: string | null; readonly origin: string | undefined },
  { hosts, origins }: AcceptedHosts,
): 'host' | 'origin' | null {
  if (host === null || !hosts.has(host.toLowerCase())) return 'host';
  return origin === undefined || origins.has(origin.toLowerCase()) ? null : 'origin';
}

/** An address of loopback has the names of them all. */
function namesOf(host: string): string[] {
  const bare = isIP(host) === 6 ? `[${host}]` : host.toLowerCase();
  return isLoopback(host) ? [bare, 'localhost', '127.0.0.1', '[::1]'] : [bare];
}

/** Tells whether what listens there is reached from this machine: on loopback, or on every address. */
export function isLoopback(host: string): boolean {
  return ['localhost', '::1', '::', '0.0.0.0'].includes(host.toLowerCase()) || host.startsWith('127.');
}

/** The port that a scheme implies may be left out or not. */
function hostsOf({ host, port, protocol }: URL): string[] {
  return port === '' ? [host, `${host}:${protocol === 'https:' ? '443' : '80'}`] : [host];
}
