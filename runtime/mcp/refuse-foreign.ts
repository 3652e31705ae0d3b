import type { IncomingMessage } from 'node:http';
import { acceptedHosts, foreignName } from '../1-accept/accepted-hosts.ts';
import type { Snapshot } from '../load/snapshot.ts';
import { Problem } from '../problem.ts';

/**
 * Gives the problem of a request whose Host or Origin is not the gateway's own: that of `public_url`, or of the
 * address that it came in at. A request without Origin is not of a page. Pages of elsewhere get in neither with
 * their own name, by DNS rebinding, nor with ours (MCP 2025-11-25, Streamable HTTP, security warning).
 */
export function refuseForeign(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  { public_url, listen }: Pick<Snapshot, 'public_url' | 'listen'>,
): Problem | null {
  const { localAddress, localPort } = socket;
  const came =
    localAddress === undefined || localPort === undefined
      ? []
      : [{ host: localAddress.replace(/^::ffff:(?=[0-9.]+$)/i, ''), port: localPort }];
  const declared = listen.port === 0 ? [] : [listen];
  const accepted = acceptedHosts(public_url === null ? [] : [public_url], [...declared, ...came]);
  const foreign = foreignName({ host: headers.host ?? null, origin: headers.origin }, accepted);
  return foreign === null ? null : new Problem('forbidden', FOREIGN[foreign]);
}

const FOREIGN = {
  host: 'Host is not a name of this gateway: use its address, or declare gateway.public_url',
  origin: 'Origin is not that of gateway.public_url, nor of the address itself',
} as const;
