import { addressFault } from '../../table/rules/checked-addresses.ts';
import { placeDestination } from '../../table/rules/place-destination.ts';
import type { PlacedDestination, PlaceFault } from '../../table/rules/place-destination.ts';
import type { Connection, Destination } from '../../table/types.ts';
import { isIP } from 'node:net';
import type { ConnectionValues } from './connection-values.ts';

/**
 * Gives where requests of a connection go with the variables filled in, the main destination first, or what
 * stands against it: values that make no host or path, and guarded hosts that are an address that is not
 * public. A name is judged with each of its sockets.
 */
export function buildDestinations(
  connection: Connection,
  values: ConnectionValues,
): { readonly places: readonly PlacedDestination[]; readonly faults: readonly string[] } {
  const { upstream, at } = connection;
  const places: PlacedDestination[] = [];
  const faults: string[] = [];
  for (const destination of [upstream, ...upstream.hosts]) {
    const placed = placeDestination(destination, values.variable);
    if ('fault' in placed) {
      faults.push(placeFaultText(placed, connection, values));
      continue;
    }
    const refused = literalFault(destination, placed, connection.allow_private);
    if (refused !== null) faults.push(`${refused} (${at})`);
    places.push(placed);
  }
  return { places, faults: [...new Set(faults)] };
}

/** Gives the text of what stands against the values of a URL's variables. Never a value. */
export function placeFaultText(
  { variable, fault }: PlaceFault,
  { at }: Connection,
  values: ConnectionValues,
): string {
  return variable === null
    ? `its variables ${fault} (${at})`
    : `the value of the variable ${variable} ${fault} (${values.writtenAt(variable)})`;
}

function literalFault(
  { guarded }: Destination,
  { host }: PlacedDestination,
  allowed: readonly string[],
): string | null {
  if (!guarded || isIP(host) === 0) return null;
  const fault = addressFault(host, allowed);
  // The address may be a secret's value.
  return fault === null
    ? null
    : `its host is an address that is not public (${fault.why}), nor in allow_private`;
}
