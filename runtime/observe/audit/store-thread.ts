// The thread of an embedded store: SQLite blocks whoever writes until the disk has it, and whoever reads until all is
// read. Started by `threadedStore`.
import { parentPort, workerData } from 'node:worker_threads';
import { Hidden } from '../../hidden.ts';
import { openAuditStore } from './audit-store.ts';
import { openedWhenAsked } from './opened-when-asked.ts';
import { failedCall } from './thread-messages.ts';
import type { ThreadAnswer, ThreadCall } from './thread-messages.ts';

const store = openedWhenAsked(() => openAuditStore(new Hidden(String(workerData))));

async function answer({ number, name, given }: ThreadCall): Promise<ThreadAnswer> {
  try {
    const call = store[name] as (...parameters: unknown[]) => Promise<unknown>;
    const gave = await call(...(JSON.parse(given) as unknown[]));
    return { number, gave: JSON.stringify(gave ?? null) };
  } catch (error) {
    return { number, failed: failedCall(error) };
  }
}

parentPort?.on('message', (call: ThreadCall) => {
  void answer(call).then((answered) => parentPort?.postMessage(answered));
});
