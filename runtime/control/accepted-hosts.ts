import { isIP } from 'node:net';
import type { ListenAddress } from '../../table/types.ts';

/** The names under which the control address answers. */
export interface AcceptedHosts {
  /** What `Host` may say, lower case. */
  readonly hosts: ReadonlySet<string>;
  /** What `Origin` may say. */
  readonly origins: ReadonlySet<string>;
}

/**
 * Gives the names of a control address: that of `control_url`, and those of where it listens. A page of somebody
 * else whose name was led to this address (DNS rebinding) sends its own name, and is refused by it.
 */
export function acceptedHosts(controlUrl: string | null, { host, port }: ListenAddress): AcceptedHosts {
  const bare = isIP(host) === 6 ? `[${host}]` : host.toLowerCase();
  const names = isLoopback(host) ? [bare, 'localhost', '127.0.0.1', '[::1]'] : [bare];
  const urls = names.map((name) => new URL(`http://${name}:${port}`));
  if (controlUrl !== null) urls.push(new URL(controlUrl));
  return {
    hosts: new Set(urls.flatMap((url) => hostsOf(url))),
    origins: new Set(urls.map(({ origin }) => origin)),
  };
}

/** The port that a scheme implies may be left out or not. */
function hostsOf({ host, port, protocol }: URL): string[] {
  return port === '' ? [host, `${host}:${protocol === 'https:' ? '443' : '80'}`] : [host];
}

/** Every address is that of loopback, too. */
function isLoopback(host: string): boolean {
  return ['localhost', '::1', '::', '0.0.0.0'].includes(host.toLowerCase()) || host.startsWith('127.');
}

/** Gives the URL that links to the control address begin with, without a trailing slash. */
export function controlBase(controlUrl: string | null, { host, port }: ListenAddress): string {
  if (controlUrl !== null) return controlUrl.replace(/\/+$/, '');
  if (isLoopback(host))
    return `http://${['::', '0.0.0.0'].includes(host) ? '127.0.0.1' : bracketed(host)}:${port}`;
  return `http://${bracketed(host)}:${port}`;
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
