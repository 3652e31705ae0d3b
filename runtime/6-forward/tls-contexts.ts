import { createHash } from 'node:crypto';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { Hidden } from '../hidden.ts';

/** TLS material of an upstream, resolved. */
export interface UpstreamTls {
  readonly caBundle: string | null;
  readonly clientCert: string | null;
  readonly clientKey: Hidden<string> | null;
}

/** A context that sockets of one or many pools share; whoever prints it sees none of its material. */
export type TlsContext = Pick<Hidden<SecureContext>, 'reveal'>;

/** Gives the context of TLS material; null where it cannot be used. */
export type TlsContexts = (tls: UpstreamTls) => TlsContext | null;

let system: SecureContext | null = null;

/**
 * The context where there is no material: the system's roots. Made when it is first asked for, because reading them is
 * as much work as the rest of a start; nothing of it can be unfit.
 */
export const SYSTEM_CONTEXT: TlsContext = { reveal: () => (system ??= createSecureContext()) };

/**
 * Gives contexts, for equal material the same: node would otherwise read all roots beside a CA bundle anew for
 * each connection and each socket, which takes some 20 ms of the only thread.
 */
export function tlsContexts(): TlsContexts {
  const known = new Map<string, TlsContext | null>();
  return (tls) => {
    if (tls.caBundle === null && tls.clientCert === null && tls.clientKey === null) return SYSTEM_CONTEXT;
    const key = materialKey(tls);
    let context = known.get(key);
    if (context === undefined) {
      context = contextOf(tls);
      known.set(key, context);
    }
    return context;
  };
}

/** Gives a key of TLS material that does not tell it. */
export function materialKey({ caBundle, clientCert, clientKey }: UpstreamTls): string {
  const parts = [caBundle, clientCert, clientKey?.reveal() ?? null];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function contextOf({ caBundle, clientCert, clientKey }: UpstreamTls): TlsContext | null {
  try {
    const context = createSecureContext({
      // The bundle is added to the system's roots: it never replaces them.
      ...(caBundle === null ? {} : { ca: [...rootCertificates, caBundle] }),
      ...(clientCert === null ? {} : { cert: clientCert }),
      ...(clientKey === null ? {} : { key: clientKey.reveal() }),
    });
    return new Hidden(context);
  } catch {
    // OpenSSL's reason says nothing of which of the three it is, and may repeat a PEM.
    return null;
  }
}
