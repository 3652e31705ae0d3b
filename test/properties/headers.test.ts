import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFields } from '../../runtime/1-accept/fields.ts';
import { dropName } from '../../runtime/4-shape/dropped-names.ts';
import { defaultHeader, shapeHeaders } from '../../runtime/4-shape/shape-headers.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { Problem } from '../../runtime/problem.ts';
import { exchangeRaw } from '../support/attack.ts';
import { startGateway } from '../support/gateway.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { CREDENTIALS, tableOf, TEST_KEY } from '../support/table.ts';
import { RUNS } from './runs.ts';

type Field = readonly [name: string, value: string];

/** The operator's headers, in layers. */
interface Layers {
  readonly defaults: readonly Field[];
  readonly set: readonly Field[];
}

/** The rule once more, in other words: what two servers could read as one name is one name. */
function same(a: string, b: string): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '-');
  return plain(a) === plain(b);
}

const NEVER =
  /^(?:connection|keep.alive|proxy.*|te|trailer|transfer.encoding|upgrade|content.length|expect|host|authorization|x.api.key|gateway.*|maton.connection|forwarded|x.forwarded.*|via|cookie)$/i;

/** Every header that must go out, in order. */
function expected(caller: readonly Field[], { defaults, set }: Layers): Field[] {
  const nominated = caller
    .filter(([name]) => same(name, 'connection'))
    .flatMap(([, value]) => value.split(',').map((one) => one.trim()));
  const kept = caller.filter(
    ([name]) =>
      !NEVER.test(name) &&
      !set.some(([ours]) => same(ours, name)) &&
      !nominated.some((one) => same(one, name)),
  );
  return [...kept, ...defaults.filter(([ours]) => !kept.some(([name]) => same(ours, name))), ...set];
}

const WORDS = [
  'x-static',
  'x-default',
  'x-vendor-key',
  'x-other-thing',
  'accept',
  'gateway-error',
  'x-forwarded-for',
  'proxy-foo',
  'via',
  'te',
  'cookie',
  'keep-alive',
];
/** A name in random letter case, its `-` also as the other characters that servers fold. */
const spelt = fc.constantFrom(...WORDS).chain((word) =>
  fc
    .array(fc.tuple(fc.boolean(), fc.constantFrom('-', '_', '_', '-', '.')), {
      minLength: word.length,
      maxLength: word.length,
    })
    .map((choices) =>
      Array.from(word, (character, at) => {
        const [upper, dash] = choices[at] ?? [false, '-'];
        if (character === '-') return dash;
        return upper ? character.toUpperCase() : character;
      }).join(''),
    ),
);
const value = fc.constantFrom('mine', 'a, b', '', 'x-static', '\xe9', '1');
const nomination = fc
  .array(fc.oneof(spelt, fc.constantFrom('close', '', '*', 'authorization')), { maxLength: 4 })
  .map((names): Field => ['connection', names.join(', ')]);
const callers = fc.array(fc.oneof(fc.tuple(spelt, value), fc.tuple(spelt, value), nomination), {
  maxLength: 12,
});

/** Each word is in at most one layer of the operator's. */
const layers = fc.shuffledSubarray(WORDS.slice(0, 5)).chain((words) =>
  fc.nat({ max: words.length }).map((border): Layers => ({
    defaults: words.slice(0, border).map((word) => [word, 'default']),
    set: words.slice(border).map((word) => [word, 'ours']),
  })),
);

test('each name that a higher layer owns goes out once, from the right layer, whatever the caller sends', () => {
  const { limits } = tableOf({ connections: {} }).gateway;
  fc.assert(
    fc.property(callers, layers, (caller, plan) => {
      const fields = readFields({ rawHeaders: caller.flat() }, limits);
      if (fields instanceof Problem) throw new Error(fields.detail);
      const owned = plan.set.map(([name]) => name);
      const shaped = shapeHeaders(fields, {
        drop: dropName(owned, 'drop'),
        defaults: plan.defaults.map(([name, held]) => defaultHeader(name, new Hidden(held))),
        set: new Hidden(plan.set.flat()),
      });
      expect(shaped).toEqual(expected(caller, plan).flat());
      for (const [name, held] of plan.set) {
        const found = shaped.flatMap((one, at) =>
          at % 2 === 0 && same(one, name) ? [[one, shaped[at + 1]]] : [],
        );
        expect(found).toEqual([[name, held]]);
      }
    }),
    { numRuns: 10 * RUNS },
  );
});

test('the same holds of the bytes on the wire', async () => {
  const plan: Layers = {
    defaults: [['X-Default', 'default']],
    set: [
      ['X-Static', 'ours'],
      ['X-Vendor-Key', 'vendor-secret-9f8e7d'],
    ],
  };
  const upstream = await rawUpstream();
  const gateway = await startGateway({
    connections: {
      vendor: {
        base_url: upstream.origin,
        default_headers: { 'X-Default': 'default' },
        static_headers: { 'X-Static': 'ours' },
        credential: CREDENTIALS.header,
      },
    },
  });
  await fc.assert(
    fc.asyncProperty(callers, async (caller) => {
      const lines = [['Host', 'gw'], ['X-API-Key', TEST_KEY], ...caller].map(
        ([name, held]) => `${name}: ${held}`,
      );
      const sent = `GET /vendor/a HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
      const before = upstream.requests.length;
      expect(await exchangeRaw(gateway.port, sent, 1)).toContain('200 OK');
      expect(upstream.requests).toHaveLength(before + 1);
      const seen = upstream.requests[before]?.head.split('\r\n').slice(1, -2) ?? [];
      const [host, connection, ...rest] = seen;
      expect([host, connection]).toEqual([`host: 127.0.0.1:${upstream.port}`, 'connection: keep-alive']);
      expect(rest).toEqual(expected(caller, plan).map(([name, held]) => `${name}: ${held}`));
    }),
    { numRuns: RUNS },
  );
});
