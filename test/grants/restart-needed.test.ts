import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf } from '../support/folder.ts';
import { startGateway } from '../support/gateway.ts';
import type { TestGateway } from '../support/gateway.ts';
import { keyConnection, startGranted } from '../support/granted.ts';
import type { TableSpec } from '../support/table.ts';
import { storeUrl } from '../support/stores.ts';

// What a reload brings, and is taken with the next start alone: the log says so.

/** Reloads; gives the settings that the log names, or null where it names none. */
async function reloaded({ serving, log }: TestGateway): Promise<unknown> {
  const before = log.length;
  expect(await serving.reload()).toBe(true);
  return log.slice(before).find(({ settings }) => settings !== undefined)?.['settings'] ?? null;
}

const KEYS = ['11'.repeat(32), '22'.repeat(32)] as const;

interface Changing {
  readonly spec: TableSpec;
  /** Writes the keys anew. */
  readonly writeKeys: (...keys: string[]) => void;
}

const ROWS: [
  title: string,
  change: (changing: Changing) => Promise<TableSpec> | TableSpec,
  names: string[] | null,
][] = [
  ['nothing', ({ spec }) => spec, null],
  [
    'what a reload takes',
    ({ spec }) => ({ ...spec, metrics: 'admin', control_url: 'https://other.example' }),
    null,
  ],
  ['the store', async ({ spec }) => ({ ...spec, store: await storeUrl('sqlite') }), ['gateway.store']],
  [
    'another key',
    ({ spec, writeKeys }) => {
      writeKeys(KEYS[1], KEYS[0]);
      return spec;
    },
    ['GW_ENCRYPTION_KEY'],
  ],
  [
    'what is audited, and the store',
    async ({ spec }) => ({ ...spec, store: await storeUrl('sqlite'), audit: { sink: 'store' } }),
    ['gateway.audit', 'gateway.store'],
  ],
];

test.each(ROWS)('%s', async (_title, change, names) => {
  const file = join(folderOf(), 'keys');
  const writeKeys = (...keys: string[]): void => writeFileSync(file, keys.join('\n'));
  writeKeys(KEYS[0]);
  const { gateway, spec } = await startGranted({
    gateway: { environment: { GW_ENCRYPTION_KEY: `file:${file}` } },
  });
  gateway.setTable(await change({ spec, writeKeys }));
  expect(await reloaded(gateway)).toEqual(names);
  // As long as it is so, each reload says it; back again, none does.
  expect(await reloaded(gateway)).toEqual(names);
  gateway.setTable(spec);
  writeKeys(KEYS[0]);
  expect(await reloaded(gateway)).toBeNull();
});

test('a store that nothing uses yet may become another', async () => {
  const plain = { connections: { vendor: { base_url: 'http://127.0.0.1:1' } } };
  const granted = { connections: { vendor: keyConnection('http://127.0.0.1:1') } };
  const [one, two, three] = [await storeUrl('sqlite'), await storeUrl('sqlite'), await storeUrl('sqlite')];
  const environment = { GW_ENCRYPTION_KEY: KEYS[0] };
  const gateway = await startGateway({ ...plain, store: one }, { environment });
  for (const [spec, names] of [
    [{ ...plain, store: two }, null],
    [{ ...granted, store: two }, null],
    [{ ...granted, store: three }, ['gateway.store']],
    [{ ...plain, store: three }, ['gateway.store']],
    [{ ...granted, store: two }, null],
  ] as const) {
    gateway.setTable(spec);
    expect(await reloaded(gateway)).toEqual(names);
  }
});
