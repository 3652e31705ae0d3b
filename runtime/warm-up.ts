import { setImmediate as nextTurn } from 'node:timers/promises';
import { SYSTEM_CONTEXT } from './6-forward/tls-contexts.ts';
import { loadUndici } from './6-forward/undici-parts.ts';
import type { ExchangeAudit } from './audit-exchanges.ts';
import type { Snapshot } from './load/snapshot.ts';
import { loadAjv } from './validate/load-ajv.ts';

/** After this it begins: a start is over, and what it took is known, before anything is done that it does not need. */
const AFTER_MS = 100;

/**
 * Does soon, and in turns of the event loop, what the first request would wait for. A request that comes before does it
 * for itself; where something fails, that request tells. Gives what stops it.
 */
export function warmUpSoon(snapshot: Snapshot, audit: ExchangeAudit | null): () => void {
  const timer = setTimeout(() => void warmUp(snapshot, audit).catch(() => {}), AFTER_MS).unref();
  return () => clearTimeout(timer);
}

async function warmUp({ routes }: Snapshot, audit: ExchangeAudit | null): Promise<void> {
  audit?.check();
  await loadUndici();
  const served = [...routes.values()];
  if (served.some(({ places }) => places.reveal().some(({ origin }) => origin.startsWith('https:')))) {
    await nextTurn();
    SYSTEM_CONTEXT.reveal();
  }
  if (served.some(({ validation }) => validation !== null)) await loadAjv();
}
