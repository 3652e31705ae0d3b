import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Hidden } from '../../hidden.ts';
import { StoreUnavailable } from '../../store/store-errors.ts';
import type { AuditStore } from './audit-store.ts';
import { errorOf } from './thread-messages.ts';
import type { ThreadAnswer, ThreadCall } from './thread-messages.ts';

/** Where the built program has the thread's module, as seen from its own modules (bundle.ts puts it here). */
declare const STORE_THREAD: string | undefined;

interface Waiting {
  readonly resolve: (gave: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Gives an embedded store whose work is done on a thread of its own: no request waits for the disk. The thread starts
 * with the first call; one that ended is started anew with the next.
 */
export function threadedStore(url: Hidden<string>): AuditStore {
  let thread: Worker | null = null;
  let count = 0;
  const waiting = new Map<number, Waiting>();
  const started = (): Worker => {
    if (thread !== null) return thread;
    const begun = startThread(url.reveal());
    const ended = (error: Error): void => {
      if (thread === begun) thread = null;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    begun.on('message', (answer: ThreadAnswer) => {
      const one = waiting.get(answer.number);
      waiting.delete(answer.number);
      if (waiting.size === 0) begun.unref();
      if ('failed' in answer) one?.reject(errorOf(answer.failed));
      else one?.resolve(JSON.parse(answer.gave));
    });
    begun.on('error', ended).on('exit', () => ended(new StoreUnavailable('its thread ended')));
    thread = begun;
    return begun;
  };
  const ask = <T>(name: keyof AuditStore, ...given: readonly unknown[]): Promise<T> =>
    new Promise((resolve, reject) => {
      const number = (count += 1);
      const asked = started();
      // It keeps the process alive while something is asked of it, and no longer.
      asked.ref();
      waiting.set(number, { resolve: resolve as Waiting['resolve'], reject });
      asked.postMessage({ number, name, given: JSON.stringify(given) } satisfies ThreadCall);
    });
  return {
    write: (rows) => ask('write', rows),
    prune: (before) => ask('prune', before),
    events: (query) => ask('events', query),
    event: (id) => ask('event', id),
    stats: (query) => ask('stats', query),
    close: async () => {
      if (thread === null) return;
      await ask('close');
      await thread.terminate();
    },
  };
}

function startThread(url: string): Worker {
  const file = typeof STORE_THREAD === 'undefined' ? 'store-thread.mjs' : STORE_THREAD;
  return new Worker(join(import.meta.dirname, file), { workerData: url });
}
