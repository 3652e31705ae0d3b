import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { inBlocks, refusedAddress } from '../../table/rules/address-ranges.ts';

/** Gives every address of a host name. Rejects where it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Addresses that may be connected to, or why none may. */
export type Checked = { readonly addresses: readonly string[] } | { readonly refused: string };

/** Gives what the system's resolver knows of a name, the hosts file included. */
export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/**
 * Gives the addresses of a URL's host, each of them checked: one that is not of the public internet refuses
 * all, since whoever answers for the name chooses which is used. The host is as WHATWG URLs have it, so that
 * `0x7f.1`, `2130706433` and full-width digits are numeric already.
 */
export async function checkedAddresses(
  hostname: string,
  resolve: Resolve,
  allowed: readonly string[],
): Promise<Checked> {
  const literal = hostname.replace(/^\[|\]$/g, '');
  let addresses: readonly string[] = [literal];
  if (isIP(literal) === 0) {
    try {
      addresses = await resolve(hostname);
    } catch {
      return { refused: `the name ${hostname} cannot be resolved` };
    }
  }
  if (addresses.length === 0) return { refused: `the name ${hostname} has no address` };
  for (const address of addresses) {
    const why = inBlocks(address, allowed) ? null : refusedAddress(address);
    if (why !== null) return { refused: `${hostname} leads to ${address}, which is not public (${why})` };
  }
  return { addresses };
}
