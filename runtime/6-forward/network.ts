import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { checkedAddresses } from '../../table/rules/checked-addresses.ts';
import type { RefusedAddress, Resolve } from '../../table/rules/checked-addresses.ts';

/** How hosts are found: for embedding and tests in other ways than the machine's. */
export interface Network {
  /** Gives every address of a host name; asked for each new socket. Rejects where it has none. */
  readonly resolve: Resolve;
  /**
   * Gives where a socket for this host (no brackets) and port goes in its place, as `--connect-to` of curl
   * does; null: to the host itself. The address guard judges the host all the same, TLS its name.
   */
  readonly connectTo: (host: string, port: number) => SocketPlace | null;
}

/** An IP address, without brackets, and a port. */
export interface SocketPlace {
  readonly address: string;
  readonly port: number;
}

/** Gives what the system's resolver knows of a name, the hosts file included. */
export const systemResolve: Resolve = async (host) =>
  (await dns.lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** The machine's resolver, and every host where it is. */
export const SYSTEM_NETWORK: Network = { resolve: systemResolve, connectTo: () => null };

/** What guards the sockets of a pool: its host may lead to public addresses and to these blocks (CIDR) alone. */
export interface AddressGuard {
  readonly allowPrivate: readonly string[];
}

/** No socket was opened: the host leads to an address that is not public. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  readonly code = 'ADDRESS_REFUSED';
  readonly address: string;
  readonly why: string;

  constructor({ refused, why }: RefusedAddress) {
    super('an address that is not public');
    this.address = refused;
    this.why = why;
  }
}

class NameUnresolved extends Error {
  readonly code: string;

  constructor(cause?: unknown) {
    super('the name has no address');
    this.code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'ENOTFOUND';
  }
}

/** How a pool's names are looked up. */
export interface PoolLookup {
  readonly resolve: Resolve;
  readonly guard: AddressGuard | null;
  /** The address that is answered once the name is judged; null: those of the name. */
  readonly instead: string | null;
}

/**
 * Gives the look-up of a pool's sockets. It is asked for each new one, and what it answers is what was checked:
 * a resolver that answers otherwise later (DNS rebinding) is judged by that answer.
 */
export function poolLookup({ resolve, guard, instead }: PoolLookup): LookupFunction {
  const addressesOf = async (host: string): Promise<readonly string[]> => {
    if (guard === null) return instead === null ? found(await resolved(host, resolve)) : [instead];
    const ask: Resolve = async (name) => found(await resolved(name, resolve));
    const checked = await checkedAddresses(host, ask, guard.allowPrivate);
    if ('refused' in checked) throw new AddressRefused(checked);
    return instead === null ? checked.addresses : [instead];
  };
  return (host, options, callback) => void answer(addressesOf(host), options, callback);
}

type LookupOptions = Parameters<LookupFunction>[1];
type LookupCallback = Parameters<LookupFunction>[2];

async function answer(
  asked: Promise<readonly string[]>,
  options: LookupOptions,
  callback: LookupCallback,
): Promise<void> {
  let addresses: readonly string[];
  try {
    addresses = await asked;
  } catch (error) {
    callback(error as Error, []);
    return;
  }
  answerLookup(addresses, options, callback);
}

async function resolved(host: string, resolve: Resolve): Promise<readonly string[]> {
  try {
    return await resolve(host);
  } catch (error) {
    throw new NameUnresolved(error);
  }
}

function found(addresses: readonly string[]): readonly string[] {
  if (addresses.length === 0) throw new NameUnresolved();
  return addresses;
}

/** Answers a look-up of node's with these addresses, of which there is at least one, in the form that was asked for. */
export function answerLookup(
  addresses: readonly string[],
  options: LookupOptions,
  callback: LookupCallback,
): void {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  const [first] = all;
  if (options.all === true) callback(null, all);
  else callback(null, first?.address ?? '', first?.family);
}
