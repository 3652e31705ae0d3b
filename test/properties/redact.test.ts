import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactor } from '../../runtime/7-relay/redact.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { RUNS } from './runs.ts';

const secret = fc.string({
  minLength: 4,
  maxLength: 12,
  unit: fc.constantFrom(...'ab1%2 +/=5"\\'.split('')),
});

/** Characters of a text, which of them are encoded, and whether as in a URL or as in JSON. */
interface Encoding {
  readonly which: readonly boolean[];
  readonly as: 'url' | 'json';
}

const encoding: fc.Arbitrary<Encoding> = fc.record({
  which: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  as: fc.constantFrom('url', 'json'),
});

/** What an encoding cannot leave as it is. */
const NEEDED = { url: '%', json: '"\\' };

/** Encodes some of a text's characters, the way that encoders differ in. */
function encodeSome(text: string, { which, as }: Encoding): string {
  return text
    .split('')
    .map((character, at) => {
      if (which[at % which.length] !== true && !NEEDED[as].includes(character)) return character;
      if (as === 'json' && '"\\/'.includes(character) && at % 3 > 0) return `\\${character}`;
      const hex = character
        .charCodeAt(0)
        .toString(16)
        .padStart(as === 'url' ? 2 : 4, '0');
      return `${as === 'url' ? '%' : '\\u'}${at % 2 === 0 ? hex : hex.toUpperCase()}`;
    })
    .join('');
}

const ESCAPED = /%([0-9A-F]{2})|\\u([0-9A-F]{4})|\\(["\\/])/gi;

function decodeOnce(text: string): string {
  return text.replace(ESCAPED, (_, percent?: string, four?: string, itself?: string) =>
    itself === undefined ? String.fromCharCode(Number.parseInt(percent ?? four ?? '', 16)) : itself,
  );
}

test('a secret is found however it is encoded, up to three times, and all around it stays', () => {
  fc.assert(
    fc.property(secret, fc.array(encoding, { maxLength: 3 }), (text, encodings) => {
      const sent = encodings.reduce(encodeSome, text);
      const redacted = redactor([new Hidden([text])])(`<${sent}>`);
      // What is around it is of no secret: a quote would be, of one that is quotes alone.
      expect(redacted).toMatch(/^<.*\[redacted\].*>$/);
      // Neither as it is nor decoded; a `+` may be a space.
      for (let read = redacted, times = 0; times < 4; read = decodeOnce(read), times += 1)
        expect(read.replaceAll('+', ' ')).not.toContain(text.replaceAll('+', ' '));
    }),
    { numRuns: RUNS },
  );
});

test('a secret is found within base64 and in hex, wherever it begins, which may be encoded again', () => {
  const long = fc.string({ minLength: 5, maxLength: 40, unit: 'binary' });
  const around = fc.uint8Array({ maxLength: 5 });
  const code = fc.constantFrom('base64', 'base64url', 'hex', 'HEX');
  fc.assert(
    fc.property(
      long,
      around,
      around,
      code,
      fc.array(encoding, { maxLength: 2 }),
      (text, before, behind, ...by) => {
        const [written, encodings] = by;
        const coded = (bytes: Uint8Array): string => {
          const buffer = Buffer.from(bytes);
          return written === 'HEX' ? buffer.toString('hex').toUpperCase() : buffer.toString(written);
        };
        const bytes = Buffer.from(text, 'utf8');
        const all = coded(Buffer.concat([before, bytes, behind]));
        for (const sent of written === 'base64' ? [all, all.replace(/=+$/, '')] : [all]) {
          const redacted = redactor([new Hidden([text])])(`<${encodings.reduce(encodeSome, sent)}>`);
          expect(redacted).toMatch(/^<.*\[redacted\].*>$/s);
          // What is left at either side has less than a byte of the secret.
          const [kept = '', last = ''] = redacted.slice(1, -1).split('[redacted]');
          const size = written === 'hex' || written === 'HEX' ? 2 : 4 / 3;
          const most = (part: Uint8Array): number => Math.ceil(part.length * size) + 3;
          const decoded = (part: string): string => encodings.reduce(decodeOnce, part);
          expect(decoded(kept).length).toBeLessThanOrEqual(most(before));
          expect(decoded(last).length).toBeLessThanOrEqual(most(behind));
        }
      },
    ),
    { numRuns: RUNS },
  );
});

test('of a secret that is cut off fewer than four characters are told, however it is encoded', () => {
  const long = fc.string({ minLength: 6, maxLength: 12, unit: fc.constantFrom(...'ab12 +/=5'.split('')) });
  const cut = fc.nat({ max: 12 * 27 });
  fc.assert(
    fc.property(long, fc.array(encoding, { maxLength: 3 }), cut, (text, encodings, at) => {
      const sent = encodings.reduce(encodeSome, text);
      const redacted = redactor([new Hidden([text])])(`"${sent.slice(0, at % sent.length)}`, true);
      for (let read = redacted, times = 0; times < 4; read = decodeOnce(read), times += 1)
        expect(read.replaceAll('+', ' ')).not.toContain(text.slice(0, 4).replaceAll('+', ' '));
    }),
    { numRuns: RUNS },
  );
});

test('a secret that stands across the parts of a long text is found', () => {
  const text = 'secret/0123456789';
  const sent = '%73ecret%2F0123456789';
  // Parts are of half a million characters.
  fc.assert(
    fc.property(fc.nat({ max: 40 }), (shift) => {
      const before = 'x'.repeat(512 * 1024 - shift);
      expect(redactor([new Hidden([text])])(`${before}${sent}${before}`)).toBe(
        `${before}[redacted]${before}`,
      );
    }),
    { numRuns: 20 },
  );
});

test.each([
  ['%2', 'abcdef%30123456789x', '%2a[redacted]'],
  ['%', 'abcdef%30123456789x', '%ab[redacted]'],
  ['\\u00', 'abcdef\\u0030123456789x', '\\u00ab[redacted]'],
  ['\\', 'bbcdef%30123456789x', '\\[redacted]'],
])(
  'an escape that begins before a secret hides no more than its first characters: %s',
  (before, sent, kept) => {
    const text = sent.replace(/%30|\\u0030/, '0');
    expect(redactor([new Hidden([text])])(`<${before}${sent}>`)).toBe(`<${kept}>`);
  },
);

test('text without a secret stays as it is', () => {
  const text = fc.string({ unit: fc.constantFrom(...'cd3%4 +/=6[]"\\'.split('')) });
  fc.assert(
    fc.property(secret, text, (hidden, other) => {
      fc.pre(/[ab125]/.test(hidden));
      expect(redactor([new Hidden([hidden])])(other)).toBe(other);
    }),
    { numRuns: RUNS },
  );
});
