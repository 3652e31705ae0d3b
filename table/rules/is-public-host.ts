import { BlockList, isIP } from 'node:net';

const NOT_PUBLIC = new BlockList();
NOT_PUBLIC.addSubnet('127.0.0.0', 8, 'ipv4');
NOT_PUBLIC.addSubnet('10.0.0.0', 8, 'ipv4');
NOT_PUBLIC.addSubnet('172.16.0.0', 12, 'ipv4');
NOT_PUBLIC.addSubnet('192.168.0.0', 16, 'ipv4');
NOT_PUBLIC.addSubnet('169.254.0.0', 16, 'ipv4');
NOT_PUBLIC.addSubnet('100.64.0.0', 10, 'ipv4');
NOT_PUBLIC.addAddress('::1', 'ipv6');
NOT_PUBLIC.addSubnet('fc00::', 7, 'ipv6');
NOT_PUBLIC.addSubnet('fe80::', 10, 'ipv6');

const INTERNAL_SUFFIXES = ['.local', '.internal', '.localhost', '.svc', '.cluster.local', '.home.arpa'];

/**
 * Tells whether a URL's host is one that anybody on the way could read traffic to. Not public are
 * loopback, private (RFC 1918, RFC 4193), link-local and CGNAT (RFC 6598) addresses, names of one label,
 * and the suffixes of internal networks (RFC 6762, RFC 8375, Kubernetes).
 */
export function isPublicHost(host: string): boolean {
  const bare = host.startsWith('[') ? host.slice(1, -1) : host.replace(/\.$/, '');
  const version = isIP(bare);
  if (version !== 0) return !NOT_PUBLIC.check(bare, version === 4 ? 'ipv4' : 'ipv6');
  if (!bare.includes('.')) return false;
  return !INTERNAL_SUFFIXES.some((suffix) => bare.endsWith(suffix));
}
