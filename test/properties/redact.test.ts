import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactor } from '../../runtime/7-relay/redact.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { RUNS } from './runs.ts';

const secret = fc.string({ minLength: 4, maxLength: 12, unit: fc.constantFrom(...'ab1%2 +/=5'.split('')) });

/** Encodes some of a text's characters, the way that encoders differ in. */
function encodeSome(text: string, which: readonly boolean[]): string {
  return text
    .split('')
    .map((character, at) => {
      if (which[at % which.length] !== true && character !== '%') return character;
      const hex = character.charCodeAt(0).toString(16).padStart(2, '0');
      return `%${at % 2 === 0 ? hex : hex.toUpperCase()}`;
    })
    .join('');
}

function decodeOnce(text: string): string {
  return text.replace(/%([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const chosen = fc.array(fc.boolean(), { minLength: 1, maxLength: 5 });

test('a secret is found however it is encoded, up to three times, and all around it stays', () => {
  fc.assert(
    fc.property(secret, fc.array(chosen, { maxLength: 3 }), (text, encodings) => {
      const sent = encodings.reduce(encodeSome, text);
      const redacted = redactor([new Hidden([text])])(`{"x":"${sent}"}`);
      expect(redacted).toMatch(/^\{"x":".*\[redacted\].*"\}$/);
      // Neither as it is nor decoded; a `+` may be a space.
      for (let read = redacted, times = 0; times < 4; read = decodeOnce(read), times += 1)
        expect(read.replaceAll('+', ' ')).not.toContain(text.replaceAll('+', ' '));
    }),
    { numRuns: RUNS },
  );
});

test('of a secret that is cut off fewer than four characters are told, however it is encoded', () => {
  const long = fc.string({ minLength: 6, maxLength: 12, unit: fc.constantFrom(...'ab12 +/=5'.split('')) });
  const cut = fc.nat({ max: 12 * 27 });
  fc.assert(
    fc.property(long, fc.array(chosen, { maxLength: 3 }), cut, (text, encodings, at) => {
      const sent = encodings.reduce(encodeSome, text);
      const redacted = redactor([new Hidden([text])])(`"${sent.slice(0, at % sent.length)}`, true);
      for (let read = redacted, times = 0; times < 4; read = decodeOnce(read), times += 1)
        expect(read.replaceAll('+', ' ')).not.toContain(text.slice(0, 4).replaceAll('+', ' '));
    }),
    { numRuns: RUNS },
  );
});

test('text without a secret stays as it is', () => {
  const text = fc.string({ unit: fc.constantFrom(...'cd3%4 +/=6[]"'.split('')) });
  fc.assert(
    fc.property(secret, text, (hidden, other) => {
      fc.pre(/[ab125]/.test(hidden));
      expect(redactor([new Hidden([hidden])])(other)).toBe(other);
    }),
    { numRuns: RUNS },
  );
});
