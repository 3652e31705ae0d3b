import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Gives where a server listens: of the socket, never from a header, because links and redirect URIs come from it. */
export function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return address;
}
