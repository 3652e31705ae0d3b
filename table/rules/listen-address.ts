import { isIPv4, isIPv6 } from 'node:net';
import type { ListenAddress } from '../types.ts';

/** Gives the parts of `host:port` or `[IPv6]:port`, or null when it is neither. Port 0 means a free one. */
export function readListenAddress(written: string): ListenAddress | null {
  const [, v6, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):([0-9]{1,5})$/.exec(written) ?? [];
  const host = v6 ?? name;
  const port = Number(digits);
  if (host === undefined || port > 65_535) return null;
  if (v6 !== undefined) return isIPv6(v6) ? { host, port } : null;
  const isName =
    /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(host);
  const isNumeric = /^[0-9.]+$/.test(host);
  return isNumeric ? (isIPv4(host) ? { host, port } : null) : isName ? { host, port } : null;
}
