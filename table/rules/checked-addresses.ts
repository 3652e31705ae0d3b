import { isIP } from 'node:net';
import { inBlocks, refusedAddress } from './address-ranges.ts';

/** Gives every address of a host name. Rejects where it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** An address that may not be connected to, and why, such as `private`. */
export interface RefusedAddress {
  readonly refused: string;
  readonly why: string;
}

/**
 * Gives the addresses of a URL's host, each of them checked: one that is not of the public internet refuses
 * all, since whoever answers for the name chooses which is used. The host is as WHATWG URLs have it, so that
 * `0x7f.1`, `2130706433` and full-width digits are numeric already. `allowed` are blocks (CIDR) that pass
 * nevertheless. Rejects as `resolve` does.
 */
export async function checkedAddresses(
  host: string,
  resolve: Resolve,
  allowed: readonly string[],
): Promise<{ readonly addresses: readonly string[] } | RefusedAddress> {
  const literal = host.replace(/^\[|\]$/g, '');
  const addresses = isIP(literal) === 0 ? await resolve(host) : [literal];
  return addresses.map((address) => addressFault(address, allowed)).find(isRefused) ?? { addresses };
}

/** Gives why an address may not be connected to, or null: it is of the public internet, or in one of these blocks. */
export function addressFault(address: string, allowed: readonly string[]): RefusedAddress | null {
  const why = inBlocks(address, allowed) ? null : refusedAddress(address);
  return why === null ? null : { refused: address, why };
}

function isRefused(fault: RefusedAddress | null): fault is RefusedAddress {
  return fault !== null;
}
