import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What a process does with a store. */
export interface StoreOrder {
  readonly url: string;
  readonly order: 'open' | 'hold' | 'try' | 'contend' | 'write' | 'lock' | 'make a key';
  /** A grant. */
  readonly id: string;
  /** Where `contend` writes who is in and out. */
  readonly file: string;
  /** The bytes that its keys are made of; [1] if left out. */
  readonly keys?: readonly number[];
}

/** Starts a process that does as it is told; it ends with the test. Gives it with the first word that it says. */
export async function storeProcess(order: StoreOrder): Promise<{ child: ChildProcess; word: string }> {
  const child = fork(join(import.meta.dirname, 'store-child.ts'), { execArgv: ['--import', 'tsx'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const failed = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`the process ended with ${code}`)),
  );
  child.send(order);
  const [word] = (await Promise.race([once(child, 'message'), failed])) as [string];
  return { child, word };
}
