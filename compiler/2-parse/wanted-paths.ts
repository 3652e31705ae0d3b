import type { Range } from '../source/source.ts';

/** Paths that are looked for in a document, as a tree: one reading of the text finds all of them. */
export interface Wanted {
  /** The range of the key (or the element of an array), once it was found. */
  range: Range | null;
  readonly children: Map<string, Wanted>;
}

/** Gives the tree of some paths. */
export function wantedPaths(paths: readonly (readonly string[])[]): Wanted {
  const root: Wanted = { range: null, children: new Map() };
  for (const path of paths) {
    let node = root;
    for (const key of path) {
      const child = node.children.get(key) ?? { range: null, children: new Map<string, Wanted>() };
      node.children.set(key, child);
      node = child;
    }
  }
  return root;
}

/** Gives the range of a path: where its end is elsewhere (behind a `$ref` or an alias), of the nearest key before it. */
export function rangeOfPath(root: Wanted, path: readonly string[]): Range {
  let range: Range = { start: 0, end: 0 };
  let node: Wanted | undefined = root;
  for (const key of path) {
    node = node?.children.get(key);
    if (node === undefined || node.range === null) break;
    range = node.range;
  }
  return range;
}
