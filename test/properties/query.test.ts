import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { queryPairs, shapeQuery } from '../../runtime/4-shape/shape-query.ts';
import { RUNS } from './runs.ts';

/** A name as a server decodes it, byte by byte. */
function decoded(name: string): string {
  const bytes = name
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The pairs of a query, each with the separator before it. */
function pairsOf(query: string): { before: string; pair: string; name: string }[] {
  const parts = query.split(/([&;])/);
  return parts.flatMap((pair, at) =>
    at % 2 === 1 ? [] : [{ before: parts[at - 1] ?? '', pair, name: decoded(pair.split('=')[0] ?? '') }],
  );
}

const NAMES = ['k', 'my key', 'a&b', 'é', 'k=', '__proto__'];
/** Spellings of a name, and of what only looks like it. */
const spelt = (name: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    encodeURIComponent(name),
    encodeURIComponent(name).replaceAll('%20', '+'),
    [...Buffer.from(name)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    encodeURIComponent(name).toLowerCase(),
    `${encodeURIComponent(name)}x`,
    encodeURIComponent(name).toUpperCase(),
    encodeURIComponent(encodeURIComponent(name)),
    '',
  );
const value = fc.string({
  unit: fc.constantFrom(...("ab=+%21?/[]{}~!*'()".match(/%21|./g) ?? [])),
  maxLength: 5,
});

test('exactly the pairs of that name go, all other bytes stay, ours comes last', () => {
  const cases = fc.constantFrom(...NAMES).chain((name) =>
    fc.record({
      name: fc.constant(name),
      secret: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
      pairs: fc.array(
        fc.tuple(fc.constantFrom('&', ';'), spelt(name), fc.option(value)).map(([before, key, held]) => ({
          before,
          text: held === null ? key : `${key}=${held}`,
        })),
        { maxLength: 6 },
      ),
    }),
  );
  fc.assert(
    fc.property(cases, ({ name, secret, pairs }) => {
      const query = pairs.map(({ before, text }, at) => (at === 0 ? '' : before) + text).join('');
      const target = pairs.length === 0 ? '/p' : `/p?${query}`;
      const key = queryPairs([[name, secret]]);
      if (key === null) throw new Error('one pair');
      const ours = key.text.reveal();
      const kept = pairsOf(query).filter((one) => one.name !== name);
      const rest =
        pairs.length === 0 ? '' : kept.map((one, at) => (at === 0 ? '' : one.before) + one.pair).join('');
      const shaped = shapeQuery(target, key);
      expect(shaped).toBe(rest === '' ? `/p?${ours}` : `/p?${rest}&${ours}`);
      // What a server that knows `&` alone, or both, finds under that name is ours, once.
      const found = pairsOf(shaped.slice(3)).filter((one) => one.name === name);
      expect(found.map((one) => decodeURIComponent(one.pair.slice(one.pair.indexOf('=') + 1)))).toEqual([
        secret,
      ]);
    }),
    { numRuns: 5 * RUNS },
  );
});
