import type { ParsedDocument } from '../parse-document.ts';

/** Where a value stands in a document, and by which reference it was reached. Its text is looked up only for a fault. */
export interface Trail {
  readonly document: ParsedDocument;
  readonly parent: Trail | null;
  readonly key: string;
  /** The place of the `$ref` that led here. */
  readonly via: Trail | null;
}

/** A value of a document with its place. */
export interface Placed {
  readonly value: unknown;
  readonly at: Trail;
}

/** Gives the place of a path in a document. */
export function trailAt(document: ParsedDocument, path: readonly string[], via: Trail | null = null): Trail {
  let trail: Trail = { document, parent: null, key: '', via };
  for (const key of path) trail = { document, parent: trail, key, via };
  return trail;
}

/** Gives the place of a member. */
export function step(at: Trail, key: string): Trail {
  return { document: at.document, parent: at, key, via: at.via };
}

/** Gives the keys from the document's root on. */
export function pathOf(at: Trail): string[] {
  const path: string[] = [];
  for (let trail = at; trail.parent !== null; trail = trail.parent) path.push(trail.key);
  return path.toReversed();
}

/** Gives a member with its place. */
export function memberOf(of: Placed, key: string): Placed {
  return { value: own(of.value, key), at: step(of.at, key) };
}

/** Gives a member of an object or array, or undefined: never one that it inherits. */
export function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

/** Gives a text, or null. */
export function textOr(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
