import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillSegment } from '../../runtime/2-match/fill-segment.ts';
import { callersPath, placePath, preparePath } from '../../runtime/2-match/place-path.ts';
import { splitTarget } from '../../runtime/2-match/request-target.ts';
import { upstreamPath } from '../../runtime/2-match/upstream-path.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { Problem } from '../../runtime/problem.ts';
import { encodeSegment, isSegment } from '../../table/rules/encode-segment.ts';
import { pathOf, targetFault } from '../../table/rules/target.ts';
import { RUNS } from './runs.ts';

const PIECES =
  '/ // :realm %3Arealm :token %3atoken :realm;x api %61pi v1 a %ff %2F .. . %2e%2e ; %25 @ é ? ?:realm & \\ : %3A ~'.split(
    ' ',
  );
const rest = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 8 })
  .map((pieces) => pieces.join(''))
  .map((text) => (text === '' || /^[/?]/.test(text) ? text : `/${text}`));
const value = fc.string({ unit: 'binary', maxLength: 6 }).filter(isSegment);
const prepend = fc.option(
  fc.record({ path: fc.constantFrom('/api', '/api/v1', '/:token'), unless_present: fc.boolean() }),
  { nil: null },
);
const base = fc.constantFrom('', '/v1', '/a/b%20c');
const AT = 'gateway.d/test.yaml:1:1';

/** The steps of a plan that replaces `:realm`. */
function steps(text: string | null, prefix: { path: string; unless_present: boolean } | null) {
  const realm = { segment: ':realm', value: text === null ? null : { text, at: AT } };
  return preparePath(
    { replace: [realm], prepend: prefix },
    { segmentOf: (one) => encodeSegment('text' in one ? one.text : ''), variableOf: () => '' },
  );
}

/** A path's segments, those that are the placeholder told apart, however it is spelt. */
function cut(path: string, placeholder: string): (string | null)[] {
  return path.split('/').map((raw, at) => {
    const decoded = raw.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return at > 0 && decoded === placeholder ? null : raw;
  });
}

test('a path that is placed stays under its base path, and all other bytes are the caller’s', () => {
  fc.assert(
    fc.property(rest, value, prepend, base, (asked, text, prefix, basePath) => {
      if (splitTarget(`/vendor${asked}`) instanceof Problem) return;
      const placed = placePath(steps(text, prefix), asked);
      if (placed instanceof Problem) throw new Error(placed.detail);
      const path = pathOf(asked);
      const replaced = cut(path, ':realm')
        .map((segment) => segment ?? encodeSegment(text))
        .join('/');
      const front = prefix?.path ?? '';
      expect([`${front}${replaced}`, prefix?.unless_present === true ? replaced : null]).toContain(
        placed.slice(0, pathOf(placed).length),
      );
      expect(placed.slice(pathOf(placed).length)).toBe(asked.slice(path.length));
      const sent = upstreamPath(basePath, placed);
      expect(sent.startsWith('/') ? targetFault(sent) : 'relative').toBe(null);
      expect(new URL(`https://api.example.com${sent}`).pathname.startsWith(basePath)).toBe(true);
    }),
    { numRuns: 10 * RUNS },
  );
});

test('a segment without value is refused wherever it stands', () => {
  fc.assert(
    fc.property(rest, prepend, (asked, prefix) => {
      const placed = placePath(steps(null, prefix), asked);
      expect(placed instanceof Problem).toBe(cut(pathOf(asked), ':realm').includes(null));
      const told =
        placed instanceof Problem ? [placed.status, placed.detail.includes(':realm')] : [400, true];
      expect(told).toEqual([400, true]);
    }),
    { numRuns: 5 * RUNS },
  );
});

test('what a link becomes is placed where the link leads', () => {
  fc.assert(
    fc.property(rest, prepend, (linked, prefix) => {
      const path = pathOf(linked);
      if (cut(path, ':realm').includes(null)) return;
      const plan = steps('r', prefix);
      const own = callersPath(plan, path);
      expect(own === null ? path : placePath(plan, own)).toBe(path);
      // Whatever a caller can send, a link leads back to.
      const placed = placePath(plan, path);
      if (placed instanceof Problem) throw new Error(placed.detail);
      expect(callersPath(plan, placed) === null).toBe(
        prefix?.unless_present === true && !spelt(placed, prefix.path),
      );
    }),
    { numRuns: 5 * RUNS },
  );
});

/** Tells whether a path begins with the segments of another, in the same spelling. */
function spelt(path: string, front: string): boolean {
  return path === front || path.startsWith(`${front}/`);
}

test('a credential takes the place of its one segment, and nothing else changes', () => {
  fc.assert(
    fc.property(rest, value, (asked, secret) => {
      if (splitTarget(`/vendor${asked}`) instanceof Problem) return;
      const key = { segment: ':token', value: new Hidden(encodeSegment(`bot${secret}`)) };
      const filled = fillSegment(asked, key);
      const path = pathOf(asked);
      const segments = cut(path, ':token');
      const places = segments.filter((segment) => segment === null).length;
      expect(filled instanceof Problem).toBe(places !== 1);
      if (filled instanceof Problem) return;
      const expected = segments.map((segment) => segment ?? encodeSegment(`bot${secret}`)).join('/');
      expect(filled).toBe(expected + asked.slice(path.length));
      expect(targetFault(filled)).toBe(null);
    }),
    { numRuns: 5 * RUNS },
  );
});
