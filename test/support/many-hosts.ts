import type { Network } from '../../runtime/6-forward/network.ts';
import { certificateFor } from './certificate.ts';
import { OK, rawUpstream } from './raw-upstream.ts';
import type { RawAnswer, RawRequest, RawUpstream } from './raw-upstream.ts';

/** An address of the public internet, which no test ever speaks to. */
export const PUBLIC_ADDRESS = '93.184.215.14';

/** One upstream behind many host names. */
export interface ManyHosts {
  readonly upstream: RawUpstream;
  /** What finds every name at a public address, and leads each socket for one of them to the upstream. */
  readonly network: Network;
  /** What connections trust it by: `tls_ca_bundle_pem`. */
  readonly ca: string;
}

/**
 * Starts an https upstream that is all of these hosts: certificate, server name and Host are those of the real
 * ones, at any port. Sockets for other hosts go nowhere.
 */
export async function startManyHosts(
  names: readonly string[],
  answer: RawAnswer | ((request: RawRequest) => RawAnswer) = OK,
  { keep = false }: { readonly keep?: boolean } = {},
): Promise<ManyHosts> {
  const tls = certificateFor(names);
  const upstream = await rawUpstream(answer, keep, { tls });
  const known = new Set(names);
  return {
    upstream,
    ca: tls.cert,
    network: {
      resolve: (host) =>
        known.has(host) ? Promise.resolve([PUBLIC_ADDRESS]) : Promise.reject(new Error(`no name ${host}`)),
      connectTo: (host) => (known.has(host) ? { address: '127.0.0.1', port: upstream.port } : null),
    },
  };
}
