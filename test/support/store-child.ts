// A store in a process of its own: started by storeChild, it does what it is told, a word at a time.
import { appendFileSync } from 'node:fs';
import { openStore } from '../../runtime/grants/store/open-store.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { keyRing } from '../../runtime/sealing/sealing-keys.ts';
import type { StoreOrder } from './store-process.ts';

/** Lock waits of tests: long enough for any machine. */
const WAIT_MS = 50_000;

const tell = (word: unknown): void => void process.send?.(word);

process.on('message', ({ url, id, order, file }: StoreOrder) => {
  void (async () => {
    const keys = order === 'make a key' ? null : keyRing([Buffer.alloc(32, 1)], 'test');
    let made: string | null = null;
    const store = await openStore(new Hidden(url), { keys, keyMade: (path) => (made = path) });
    if (order === 'hold')
      await store.withLock(id, WAIT_MS, () => {
        tell('held');
        // Until somebody ends this process.
        return new Promise<never>(() => setInterval(() => {}, WAIT_MS));
      });
    if (order === 'try') tell(await store.withLock(id, 0, () => Promise.resolve('free')));
    if (order === 'contend')
      for (let round = 0; round < 10; round += 1)
        await store.withLock(id, WAIT_MS, async () => {
          appendFileSync(file, `in ${process.pid}\n`);
          // Others have their chance: the grant is read and written as a refresh would.
          const grant = await store.get(id);
          await store.update(id, grant?.revision ?? 0, { refreshed_at: (grant?.refreshed_at ?? 0) + 1 });
          appendFileSync(file, `out ${process.pid}\n`);
        });
    if (order === 'make a key')
      await store.create({ connection: 'stripe', account: null, method: 'API_KEY' });
    await store.close();
    tell(made ?? 'done');
    process.disconnect();
  })();
});
