import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { originForm, splitTarget } from '../../runtime/2-match/request-target.ts';
import { upstreamPath } from '../../runtime/2-match/upstream-path.ts';
import { shapeQuery } from '../../runtime/4-shape/shape-query.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { Problem } from '../../runtime/problem.ts';
import { rulePathFault } from '../../table/rules/target.ts';
import { RUNS } from './runs.ts';

/** Pieces that have changed hosts and paths before. */
const PIECES = [
  '/',
  '//',
  '/vendor',
  'vendor',
  '@',
  'evil.example',
  '\\',
  '\t',
  '\n',
  '\r',
  '..',
  '.',
  ';',
  ':',
  '?',
  '#',
  '%2e',
  '%2E',
  '%252e',
  '%25',
  '%2f',
  '%5c',
  '%5C',
  '%00',
  '%0d%0a',
  '%c0%ae',
  '%',
  '%zz',
  '%u002e',
  ' ',
  '*',
  'http://',
  'https:',
  'a',
  'b=1',
  '&',
  '[',
  ']',
  '{',
  '|',
  '^',
  '"',
  '<',
  '~',
  '\x7f',
  '\xe9',
  '\u2044',
  '\uff0f',
];
const odd = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => `/vendor${pieces.join('')}`),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => `/vendor/${text}`),
);
const BASES = [
  ['https://api.example.com', ''],
  ['http://127.0.0.1:9000', '/v1'],
  ['https://[::1]:8443', '/a/b%20c'],
] as const;

/** The path of an absolute URL with dot segments removed, by RFC 3986 5.2.4, both slashes, decoded so often. */
function resolved(path: string, decodings: number): string {
  let text = path;
  for (let at = 0; at < decodings; at += 1) {
    text = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  const kept: string[] = [];
  for (const segment of text.split(/[/\\]/).slice(1)) {
    const bare = segment.split(';')[0];
    if (bare === '..') kept.pop();
    else if (bare !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

/** What is sent for a target, or null where it is refused. */
function sentFor(target: string, basePath: string): string | null {
  const origin = originForm(target, 'gw');
  if (origin instanceof Problem) return null;
  const split = splitTarget(origin);
  return split instanceof Problem ? null : upstreamPath(basePath, split.rest);
}

test('no target changes scheme, host, port or base path, however a server reads it', () => {
  fc.assert(
    fc.property(odd, fc.constantFrom(...BASES), (target, [origin, basePath]) => {
      const sent = sentFor(target, basePath);
      if (sent === null) return;
      // RFC 9112 3.3: the target URI is the scheme, the authority and the origin-form, put together.
      const url = new URL(origin + sent);
      expect(url.origin).toBe(origin);
      expect(url.username + url.password + url.hash).toBe('');
      expect(`${url.pathname}/`.startsWith(`${basePath}/`)).toBe(true);
      expect(sent).toMatch(/^\/[\x21\x22\x24-\x5b\x5d-\x7e]*$/);
      const path = sent.replace(/\?.*$/s, '');
      for (const decodings of [0, 1, 2]) {
        const base = decodings === 0 ? basePath : decodeURIComponent(basePath);
        expect(`${resolved(path, decodings)}/`.startsWith(`${base}/`)).toBe(true);
      }
    }),
    { numRuns: 20 * RUNS },
  );
});

test('what is sent is what came behind the name, byte for byte', () => {
  const plain = fc.string({
    unit: fc.constantFrom(...('ab/?&=;:@!$\'()*+,~[]{}|^`"<>%21%2F'.match(/%..|./g) ?? [])),
  });
  fc.assert(
    fc.property(plain, fc.constantFrom(...BASES), (text, [, basePath]) => {
      const sent = sentFor(`/vendor/${text}`, basePath);
      expect([null, `${basePath}/${text}`]).toContain(sent);
      const asked = sentFor(`/vendor?${text}`, basePath);
      expect(asked).toBe(`${basePath === '' ? '/' : basePath}?${text}`);
    }),
    { numRuns: 5 * RUNS },
  );
});

test('a key in the query never touches the path', () => {
  const key = { names: new Set(['k']), text: new Hidden('k=s') };
  fc.assert(
    fc.property(odd, (target) => {
      const sent = sentFor(target, '/v1');
      if (sent === null) return;
      const shaped = shapeQuery(sent, key);
      expect(shaped.split('?')[0]).toBe(sent.split('?')[0]);
      expect(shaped.endsWith('k=s')).toBe(true);
    }),
    { numRuns: 5 * RUNS },
  );
});

test('a path that rules judge is read alike raw, decoded, normalized and with its slashes merged', () => {
  fc.assert(
    fc.property(odd, (target) => {
      const sent = sentFor(target, '');
      const path = sent?.replace(/\?.*$/s, '') ?? '';
      if (sent === null || rulePathFault(path, false) !== null) return;
      const once = decodeURIComponent(path);
      // Decoding again, resolving, merging and trimming change nothing any more.
      // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
      expect(once).not.toMatch(/%[0-9a-f]{2}|\\|;|\/\/|[\x00-\x1f\x7f]/i);
      expect(decodeURIComponent(new URL(`http://x${path}`).pathname)).toBe(once);
      expect(once.split('/')).toHaveLength(path.split('/').length);
    }),
    { numRuns: 10 * RUNS },
  );
});
