import { mkdirSync, readdirSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileCache } from '../../compiler/1-read/file-cache.ts';
import { pruneCache } from '../../compiler/1-read/prune-cache.ts';
import { folderOf } from '../support/folder.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MIB = 1024 * 1024;
const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
const key = (digit: string): string => digit.repeat(64);

interface Kept {
  readonly name: string;
  readonly days: number;
  readonly bytes?: number;
}

/** Gives a folder of files that were last used so many days ago. */
function cacheOf(files: readonly Kept[]): string {
  const folder = folderOf();
  for (const { name, days, bytes = 1 } of files) {
    const path = join(folder, name);
    writeFileSync(path, '');
    // No disk is filled: the file has a size, and no content.
    truncateSync(path, bytes);
    utimesSync(path, (NOW_MS - days * DAY_MS) / 1000, (NOW_MS - days * DAY_MS) / 1000);
  }
  return folder;
}

const PRUNED: readonly (readonly [what: string, before: readonly Kept[], after: readonly string[]])[] = [
  ['what was used within 30 days stays', [{ name: key('a'), days: 29.9 }], [key('a')]],
  [
    'what was not goes',
    [
      { name: key('a'), days: 30.1 },
      { name: key('b'), days: 0 },
    ],
    [key('b')],
  ],
  [
    'beyond 1 GiB, what was not used for the longest goes',
    [
      { name: key('a'), days: 3, bytes: 400 * MIB },
      { name: key('b'), days: 1, bytes: 400 * MIB },
      { name: key('c'), days: 2, bytes: 400 * MIB },
    ],
    [key('b'), key('c')],
  ],
  ['1 GiB itself is not beyond', [{ name: key('a'), days: 3, bytes: 1024 * MIB }], [key('a')]],
  [
    'what is half written goes after a day',
    [
      { name: `.${key('a')}.12.1`, days: 1.1 },
      { name: `.${key('b')}.12.1`, days: 0.5 },
    ],
    [`.${key('b')}.12.1`],
  ],
  [
    'nothing else in the folder is touched, however old and large',
    [
      { name: 'notes.txt', days: 400, bytes: 2048 * MIB },
      { name: 'a'.repeat(63), days: 400 },
      { name: 'A'.repeat(64), days: 400 },
      { name: '.hidden', days: 400 },
    ],
    ['.hidden', 'A'.repeat(64), 'a'.repeat(63), 'notes.txt'],
  ],
  [
    'not twice in a day',
    [
      { name: '.pruned', days: 0.9 },
      { name: key('a'), days: 40 },
    ],
    [key('a')],
  ],
  [
    'again after a day',
    [
      { name: '.pruned', days: 1.1 },
      { name: key('a'), days: 40 },
    ],
    [],
  ],
];

test.each(PRUNED)('%s', (_what, before, after) => {
  const folder = cacheOf(before);
  pruneCache(folder, NOW_MS);
  expect(readdirSync(folder).filter((name) => name !== '.pruned')).toEqual(after);
});

test('a folder of the name of an entry, and one that is gone, are no fault of the run that writes', () => {
  const folder = folderOf();
  mkdirSync(join(folder, key('a'), 'b'), { recursive: true });
  utimesSync(join(folder, key('a')), 0, 0);
  const cache = fileCache(folder, '1');
  cache.write(key('b'), Buffer.from('kept'));
  expect(cache.read(key('b'))).toEqual(Buffer.from('kept'));
});

test('reading notes the use of an entry, once a day; whoever writes prunes', () => {
  const folder = folderOf();
  const cache = fileCache(folder, '1');
  cache.write(key('a'), Buffer.from('kept'));
  const usedAt = (): number => statSync(join(folder, key('a'))).mtimeMs;
  const setUsed = (ago_ms: number): number => {
    const at_s = Math.floor((Date.now() - ago_ms) / 1000);
    utimesSync(join(folder, key('a')), at_s, at_s);
    return at_s * 1000;
  };
  const lately = setUsed(DAY_MS / 2);
  cache.read(key('a'));
  expect(usedAt()).toBe(lately);
  const before = setUsed(29 * DAY_MS);
  cache.read(key('a'));
  expect(usedAt()).toBeGreaterThan(before + 28 * DAY_MS);
  setUsed(31 * DAY_MS);
  utimesSync(join(folder, '.pruned'), 0, 0);
  cache.write(key('b'), Buffer.from('new'));
  expect(readdirSync(folder)).toEqual(['.pruned', key('b')]);
});
