import { isIP } from 'node:net';
import { isLoopback } from '../1-accept/accepted-hosts.ts';
import type { ListenAddress } from '../../table/types.ts';

/** Gives the URL that links to the control address begin with, without a trailing slash. */
export function controlUrl(written: string | null, { host, port }: ListenAddress): string {
  if (written !== null) return written.replace(/\/+$/, '');
  if (isLoopback(host))
    return `http://${['::', '0.0.0.0'].includes(host) ? '127.0.0.1' : bracketed(host)}:${port}`;
  return `http://${bracketed(host)}:${port}`;
}

/** Where authorization servers send browsers back to. */
export const CALLBACK_PATH = '/api/v1/admin/oauth/callback';

/** Gives the redirect URI: of the URL that links begin with, never of a header. */
export function redirectUri(base: string): string {
  return `${base}${CALLBACK_PATH}`;
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
