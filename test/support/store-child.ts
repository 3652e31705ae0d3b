// A store in a process of its own: started by storeChild, it does what it is told, a word at a time.
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import type { GrantStore } from '../../runtime/grants/store/grant-store.ts';
import { openStore } from '../../runtime/grants/store/open-store.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { keyRing } from '../../runtime/sealing/sealing-keys.ts';
import { sqliteDriver } from '../../runtime/store/sqlite-driver.ts';
import type { StoreOrder } from './store-process.ts';

/** Lock waits of tests: long enough for any machine. */
const WAIT_MS = 50_000;

const tell = (word: unknown): void => void process.send?.(word);

process.once('message', ({ url, id, order, file, keys: bytes = [1] }: StoreOrder) => {
  void (async () => {
    const keys =
      order === 'make a key'
        ? null
        : keyRing(
            bytes.map((byte) => Buffer.alloc(32, byte)),
            'test',
          );
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
    if (order === 'write') await writeUntilStopped(store, id);
    if (order === 'lock') await lockUntilStopped(url);
    if (order === 'make a key')
      await store.create({ connection: 'stripe', account: null, method: 'API_KEY' });
    await store.close();
    tell(made ?? 'done');
    process.disconnect();
  })();
});

/** Keeps the file of a store locked, as a program that writes into it does, until it is told to stop. */
async function lockUntilStopped(url: string): Promise<void> {
  const connection = new (await sqliteDriver())(url.slice('sqlite:'.length));
  connection.exec('PRAGMA busy_timeout = 5000; BEGIN EXCLUSIVE');
  tell('locked');
  await once(process, 'message');
  connection.exec('ROLLBACK');
  connection.close();
}

/** Gives a grant another secret and reads it back, again and again. Tells how often it wrote, and read what it wrote. */
async function writeUntilStopped(store: GrantStore, id: string): Promise<void> {
  const orders = { stop: false };
  let read = 0;
  let wrote = 0;
  process.once('message', () => (orders.stop = true));
  while (!orders.stop) {
    const secret = `written ${wrote + 1}`;
    const { revision = 0 } = (await store.get(id)) ?? {};
    const updated = await store.update(id, revision, { credential: new Hidden({ kind: 'key', secret }) });
    if (typeof updated === 'string') throw new Error(`the update was refused: ${updated}`);
    wrote += 1;
    const credential = (await store.get(id))?.credential?.reveal();
    read += credential?.kind === 'key' && credential.secret === secret ? 1 : 0;
    if (wrote === 1) tell('writing');
    // SQLite answers without a turn of the event loop, in which alone the stop is heard.
    await new Promise((resolve) => setImmediate(resolve));
  }
  tell(`${wrote} ${read}`);
}
