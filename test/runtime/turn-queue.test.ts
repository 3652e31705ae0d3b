import { expect, test } from 'vitest';
import { validatorSets } from '../../runtime/validate/request-validation.ts';
import { turnQueue } from '../../runtime/validate/turn-queue.ts';
import { recordsInMemory } from '../../table/records/open-records.ts';
import { TableError } from '../../table/shape.ts';
import { describe } from '../support/described.ts';
import { builtTable } from '../support/table.ts';

/** Spins for longer than a turn may take. */
function takeLong(): void {
  const end = performance.now() + 5;
  while (performance.now() < end);
}

test('pieces are done whole and in their order, and each is gone on with before the next', async () => {
  const queue = turnQueue();
  const done: string[] = [];
  const piece = async (name: string): Promise<void> => {
    const result = await queue.add(function* () {
      done.push(`${name}1`);
      yield;
      done.push(`${name}2`);
      return name.toUpperCase();
    });
    // As far as a request has to go on once its validator is there.
    for (let hop = 0; hop < 20; hop += 1) await Promise.resolve();
    done.push(result);
  };
  await Promise.all(['a', 'b', 'c'].map(piece));
  await piece('d');
  expect(done.join(' ')).toBe('a1 a2 A b1 b2 B c1 c2 C d1 d2 D');
});

test('a piece that throws fails alone, with its error', async () => {
  const queue = turnQueue();
  const left: string[] = [];
  const found = await Promise.allSettled([
    queue.add(function* () {
      yield;
      return 1;
    }),
    queue.add(function* () {
      yield;
      if (left.length === 0) throw new TableError('no such block');
      yield;
      left.push('a step behind the fault');
      return 2;
    }),
    queue.add(function* () {
      // oxlint-disable-next-line typescript/only-throw-error -- as a library may
      if (left.length === 0) throw 'a text';
      yield;
    }),
    queue.add(function* () {
      yield;
      return 4;
    }),
  ]);
  const errorOf = (at: number): unknown => (found[at]?.status === 'rejected' ? found[at].reason : null);
  expect([found[0], found[3]]).toEqual([
    { status: 'fulfilled', value: 1 },
    { status: 'fulfilled', value: 4 },
  ]);
  expect(errorOf(1)).toEqual(new TableError('no such block'));
  expect(errorOf(2)).toEqual(new Error('a piece of work failed', { cause: 'a text' }));
  expect(left).toEqual([]);
});

test('the event loop turns between steps, and between what follows from them', async () => {
  const queue = turnQueue();
  const seen: string[] = [];
  let isOver = false;
  const turn = (): void => {
    seen.push('turn');
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const steps = queue.add(function* () {
    for (const name of ['a', 'b']) {
      takeLong();
      seen.push(name);
      yield;
    }
  });
  const longAfter = (async () => {
    await queue.add(function* () {
      yield;
    });
    takeLong();
    seen.push('c');
  })();
  const last = queue.add(function* () {
    seen.push('d');
    yield;
  });
  await Promise.all([steps, longAfter, last]);
  isOver = true;
  expect(seen.join(' ')).toMatch(/^(?:turn )*a (?:turn )+b (?:turn )+c (?:turn )+d(?: turn)*$/);
});

test('what cannot be read fails the requests that need it, and is asked for again by the next', async () => {
  const described = describe(
    [
      { id: 'GET /', parameters: [{ name: 'a', in: 'query', schema: { $ref: '#2' } }] },
      { id: 'GET /b', parameters: [{ name: 'b', in: 'query', schema: { $ref: '#0' } }] },
    ],
    [{ type: 'integer' }, { items: { $ref: '#2' } }, { type: 'boolean' }],
  );
  const { table, bytes } = builtTable({
    connections: { vendor: { base_url: 'http://127.0.0.1:1', described } },
  });
  const [entry] = table.descriptions;
  if (entry === undefined) throw new Error('there is no description');
  const whole = recordsInMemory(table.records, bytes);
  let isDamaged = true;
  const records = {
    ...whole,
    schema: (of: typeof entry, number: number) => {
      if (number === 2 && isDamaged) throw new TableError('block 0 has another digest');
      return whole.schema(of, number);
    },
  };
  const set = validatorSets({ records, queue: turnQueue(), codegen: true })(entry);
  const countOf = async (number: number, value: unknown): Promise<number> =>
    (await set.check(number, 'json'))(value).count;
  const unread = (error: unknown): unknown => (error instanceof TableError ? 'unread' : error);
  const operations = [0, 1].map((number) => whole.operation(entry, number));
  const asked = (): Promise<unknown> =>
    Promise.all([
      countOf(0, 'x'),
      countOf(1, [1]).catch(unread),
      countOf(0, 1),
      ...operations.map((operation) => set.begin(operation)?.then(() => 'begun', unread) ?? 'known'),
    ]);
  expect(await asked()).toEqual([1, 'unread', 0, 'unread', 'begun']);
  isDamaged = false;
  expect(await asked()).toEqual([1, 1, 0, 'begun', 'known']);
  expect(await asked()).toEqual([1, 1, 0, 'known', 'known']);
});
