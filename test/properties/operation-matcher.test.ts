import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchOperation, operationMatcher } from '../../table/rules/operation-matcher.ts';
import type { OperationMatch } from '../../table/rules/operation-matcher.ts';
import { pathSegments } from '../../table/rules/target.ts';
import type { Operation } from '../../table/types.ts';
import { catalogOf } from '../support/table.ts';
import { RUNS } from './runs.ts';

/** A template's segments: literals decoded, a trailing slash ignored. */
function segmentsOf(template: string): string[] {
  const segments = template.split('/').slice(1).map(decodeURIComponent);
  return segments.at(-1) === '' ? segments.slice(0, -1) : segments;
}

/** Tells by trying every split whether a segment is the template's literals with something between each two. */
function fits(template: string, segment: string): boolean {
  const open = template.indexOf('{');
  if (open < 0) return template === segment;
  const literal = template.slice(0, open);
  if (!segment.startsWith(literal)) return false;
  const rest = template.slice(template.indexOf('}') + 1);
  const left = segment.slice(literal.length);
  return Array.from(left, (_, at) => at + 1).some((taken) => fits(rest, left.slice(taken)));
}

/** Literal before pattern before lone parameter; among patterns more literal characters first. */
function rank(segment: string): [number, number] {
  if (!segment.includes('{')) return [0, 0];
  const literals = segment.replace(/\{[^}]*\}/g, '');
  return literals === '' && segment.indexOf('}') === segment.length - 1 ? [2, 0] : [1, -literals.length];
}

function shapeOf(segments: readonly string[]): string {
  return segments.map((segment) => segment.replace(/\{[^}]*\}/g, '{}')).join('/');
}

/** Looks at every operation, and gives the one that the rule prefers. */
function naive(
  operations: readonly Operation[],
  method: string,
  path: readonly string[],
): string | string[] | null {
  const matching = operations
    .map((operation, at) => ({ operation, at, segments: segmentsOf(operation.path) }))
    .filter(
      ({ segments }) =>
        segments.length === path.length && segments.every((one, at) => fits(one, path[at] ?? '')),
    );
  if (matching.length === 0) return null;
  const withMethod = matching.filter(({ operation }) => operation.method === method);
  if (withMethod.length === 0) return [...new Set(matching.map(({ operation }) => operation.method))].sort();
  /** The first operation whose template begins as this one's does up to that segment. */
  const since = (segments: readonly string[], depth: number): number =>
    operations.findIndex(
      (one) => shapeOf(segmentsOf(one.path).slice(0, depth + 1)) === shapeOf(segments.slice(0, depth + 1)),
    );
  withMethod.sort((a, b) => {
    for (let depth = 0; depth < path.length; depth += 1) {
      const [kindA, weightA] = rank(a.segments[depth] ?? '');
      const [kindB, weightB] = rank(b.segments[depth] ?? '');
      const order = kindA - kindB || weightA - weightB || since(a.segments, depth) - since(b.segments, depth);
      if (order !== 0) return order;
    }
    return a.at - b.at;
  });
  return withMethod[0]?.operation.id ?? null;
}

function toldBy(match: OperationMatch): string | readonly string[] | null {
  if (match.kind === 'operation') return match.matched.operation.id;
  return match.kind === 'none' ? null : match.methods;
}

const SEGMENTS = [
  'a',
  'b',
  'a%20b',
  '{x}',
  '{y}',
  '{x}.json',
  'a{x}',
  '{x},{y}',
  '{x}-{y}',
  '{x}{y}',
  'a:{x}',
  'é',
  '',
];
const template = fc
  .tuple(fc.array(fc.constantFrom(...SEGMENTS), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([segments, slash]) => `/${segments.join('/')}${slash ? '/' : ''}`);
const PATHS = [
  'a',
  'b',
  'a b',
  'a%20b',
  'ab',
  'a:b',
  'x.json',
  '.json',
  'a,b',
  ',',
  'a-b-c',
  '-',
  'é',
  '%C3%A9',
  '',
];
const path = fc
  .tuple(fc.array(fc.constantFrom(...PATHS), { maxLength: 3 }), fc.boolean())
  .map(([segments, slash]) => `/${segments.join('/')}${slash ? '/' : ''}`);
const METHODS = ['GET', 'POST', 'DELETE'];

test('the matcher agrees with a naive one', () => {
  const operations = fc.array(fc.tuple(fc.constantFrom(...METHODS), template), { maxLength: 12 });
  fc.assert(
    fc.property(operations, fc.constantFrom(...METHODS), path, (written, method, asked) => {
      const catalog = catalogOf();
      const [description] = catalogOf(...written.map((one) => one.join(' '))).descriptions;
      const listed = (description?.operations ?? []).map((operation, at) => ({
        ...operation,
        id: String(at),
      }));
      const descriptions =
        description === undefined ? catalog.descriptions : [{ ...description, operations: listed }];
      const segments = pathSegments(asked) ?? [];
      const match = matchOperation(operationMatcher(descriptions), method, segments);
      const expected = naive(listed, method, segments);
      expect(toldBy(match)).toEqual(expected);
    }),
    { numRuns: 10 * RUNS },
  );
});
