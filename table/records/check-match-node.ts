import type { MatchNode } from '../operations.ts';
import { refuse } from '../shape.ts';

/** Path segments that a template may have: as many as fit a target, and far from the end of the stack. */
const DEPTH_MAX = 1_000;

/** Checks that a value is a matcher over `operations` operations. Throws a TableError that names the part. */
export function checkMatchNode(value: unknown, operations: number, part: string): asserts value is MatchNode {
  checkNode(value, { operations, part }, 0);
}

interface Checked {
  readonly operations: number;
  readonly part: string;
}

function checkNode(value: unknown, checked: Checked, depth: number): void {
  const { part } = checked;
  if (!Array.isArray(value) || value.length !== 4 || depth > DEPTH_MAX) refuse(part, 'a node of a matcher');
  const [literals, patterns, any, numbers] = value as unknown[];
  for (const next of Object.values(mapping(literals, part))) checkNode(next, checked, depth + 1);
  if (!Array.isArray(patterns)) refuse(part, 'a list of patterns');
  for (const pattern of patterns as unknown[]) {
    const [texts, next] = Array.isArray(pattern) ? (pattern as unknown[]) : [];
    if (!Array.isArray(texts) || texts.length < 2 || texts.some((text) => typeof text !== 'string'))
      refuse(part, 'a pattern with its literals');
    checkNode(next, checked, depth + 1);
  }
  if (any !== 0) checkNode(any, checked, depth + 1);
  for (const number of Object.values(mapping(numbers, part))) {
    if (!Number.isInteger(number) || Number(number) < 0 || Number(number) >= checked.operations)
      refuse(part, `operation numbers below ${checked.operations}`);
  }
}

function mapping(value: unknown, part: string): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(part, 'an object');
  return value;
}
