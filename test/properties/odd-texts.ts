import * as fc from 'fast-check';

/** Texts that mean something to a URL, a header, a pattern, or cannot be sent at all. */
const PIECES =
  'a é 名 % %2e %252e %00 %zz / // . .. \\ ; : ? # @ { } {x} " \' , & = * _ \t \u0001 \u007f \u{10ffff}'
    .split(' ')
    .concat(' ', '\ud800');

/** A few of them in a row, or nothing. */
export const odd: fc.Arbitrary<string> = joined(PIECES);

/** A path with them. */
export const oddPath: fc.Arbitrary<string> = odd.map((text) => `/${text}`);

/** A text of a catalog that its variables stand in: `v` is written out, `s` is a secret, `d` is the default. */
export const oddText: fc.Arbitrary<string> = joined(
  '{v} {v} {s} {d} a é % %2 2e / . ; : ? & = A'.split(' ').concat(' ', ''),
);

function joined(pieces: readonly string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...pieces), { maxLength: 4 }).map((some) => some.join(''));
}
