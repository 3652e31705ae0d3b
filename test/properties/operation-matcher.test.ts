import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchTree } from '../../compiler/5-lower/match-tree.ts';
import type { Template } from '../../compiler/5-lower/match-tree.ts';
import type { DescriptionEntry } from '../../table/operations.ts';
import { matchOperation, placeDescription } from '../../table/rules/operation-matcher.ts';
import type { OperationMatch } from '../../table/rules/operation-matcher.ts';

const ENTRY = {} as DescriptionEntry;

function match(templates: readonly Template[], method: string, segments: readonly string[]): string {
  return told(matchOperation([placeDescription(ENTRY, '', matchTree(templates))], method, segments));
}

function told(found: OperationMatch): string {
  if (found.kind === 'operation') return `${found.matched.number}`;
  return found.kind === 'methods' ? found.methods.join() : 'none';
}

/** Looks at every template, segment by segment and character by character; the most concrete one wins. */
function naive(templates: readonly Template[], method: string, segments: readonly string[]): string {
  const fits = templates.flatMap(({ method: own, path }, number) => {
    const parts = path.split('/').slice(1);
    if (parts.at(-1) === '') parts.pop();
    if (parts.length !== segments.length) return [];
    const literals = parts.map((part) => decode(part).split(/\{[^{}]*\}/));
    const all = literals.every((texts, at) => fitsSegment(texts, segments[at] ?? ''));
    return all ? [{ own, number, rank: literals.map(rankOf) }] : [];
  });
  const right = fits.filter(({ own }) => own === method);
  right.sort((one, other) => compareRanks(other.rank, one.rank) || one.number - other.number);
  if (right[0] !== undefined) return `${right[0].number}`;
  return fits.length === 0 ? 'none' : [...new Set(fits.map(({ own }) => own))].sort().join();
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function fitsSegment([first = '', ...rest]: readonly string[], segment: string): boolean {
  if (rest.length === 0) return segment === first;
  if (!segment.startsWith(first)) return false;
  for (let at = first.length + 1; at <= segment.length; at += 1)
    if (fitsSegment(rest, segment.slice(at))) return true;
  return false;
}

/** A literal, then patterns by their literal characters, then a lone parameter. */
function rankOf(literals: readonly string[]): [number, string] {
  if (literals.length === 1) return [Number.POSITIVE_INFINITY, ''];
  const characters = literals.join('').length;
  // Two parameters side by side are a pattern without literal characters.
  return characters === 0 && literals.length === 2 ? [-1, ''] : [characters, JSON.stringify(literals)];
}

function compareRanks(one: readonly [number, string][], other: readonly [number, string][]): number {
  for (const [at, [rank, text]] of one.entries()) {
    const [otherRank, otherText] = other[at] ?? [-1, ''];
    if (rank !== otherRank) return rank > otherRank ? 1 : -1;
    if (text !== otherText) return text < otherText ? 1 : -1;
  }
  return 0;
}

const piece = fc.constantFrom(
  'a',
  'b',
  'ab',
  '{x}',
  '{y}',
  '{x},{y}',
  '{x}.json',
  'a{x}',
  '{x}{y}',
  '{x}:a',
  '%61',
  '__proto__',
);
const path = fc.array(piece, { maxLength: 4 }).map((pieces) => `/${pieces.join('/')}`);
const method = fc.constantFrom('GET', 'POST');
const templates = fc.array(fc.record({ method, path }), { maxLength: 20 });
const value = fc.constantFrom('a', 'b', 'ab', 'c', 'a,b', 'a.json', '.json', 'x:a', '__proto__', '', ',');

test('the matcher agrees with one that looks at every template', () => {
  fc.assert(
    fc.property(templates, method, fc.array(value, { maxLength: 4 }), (all, asked, segments) => {
      expect(match(all, asked, segments)).toBe(naive(all, asked, segments));
    }),
    { numRuns: 5000 },
  );
});

const CORPUS = join(import.meta.dirname, '../../../shared/openapi');
const documents = existsSync(CORPUS)
  ? readdirSync(CORPUS).filter((name) => name.endsWith('.json') && !name.includes('cloudflare'))
  : [];

test.each(documents.length === 0 ? ['none is here'] : documents)(
  "the matcher agrees with it on a document's own templates: %s",
  (name) => {
    const all = documents.includes(name) ? templatesOf(join(CORPUS, name)) : [];
    const step = Math.max(1, Math.floor(all.length / 150));
    for (let at = 0; at < all.length; at += step) {
      const { method: own = 'GET', path: template = '/' } = all[at] ?? {};
      for (const filled of ['x', 'id-1', 'a.b,c:d']) {
        const segments = template
          .split('/')
          .slice(1)
          .map((segment) => segment.replace(/\{[^{}]*\}/g, filled));
        if (segments.at(-1) === '') segments.pop();
        expect([template, match(all, own, segments)]).toEqual([template, naive(all, own, segments)]);
      }
    }
  },
);

function templatesOf(file: string): Template[] {
  const { paths = {} } = JSON.parse(readFileSync(file, 'utf8')) as { paths?: Record<string, object> };
  return Object.entries(paths).flatMap(([template, pathItem]) =>
    Object.keys(pathItem)
      .filter((key) => /^(?:get|put|post|delete|patch|head|options)$/.test(key))
      .map((key): Template => ({ method: key.toUpperCase(), path: template })),
  );
}

test('over several descriptions the most concrete template wins, under its prefix alone', () => {
  const place = (prefix: string, ...paths: string[]) =>
    placeDescription(ENTRY, prefix, matchTree(paths.map((one) => ({ method: 'GET', path: one }))));
  const placed = [place('/v1', '/{x}'), place('/v1', '/users'), place('', '/v2/{x}'), place('/v2', '/{y}')];
  const index = (...segments: string[]) => {
    const found = matchOperation(placed, 'GET', segments);
    return found.kind === 'operation' ? placed.indexOf(found.matched.description) : found.kind;
  };
  expect([index('v1', 'users'), index('v1', 'other'), index('v2', 'x'), index('v3', 'x')]).toEqual([
    1,
    0,
    2,
    'none',
  ]);
});
