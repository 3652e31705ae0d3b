import { queryName } from '../../table/rules/method-override.ts';
import { Hidden } from '../hidden.ts';

/** Pairs that a connection puts into the query of every request. */
export interface QueryPairs {
  /** The caller's pairs of these names are left out. */
  readonly names: ReadonlySet<string>;
  /** `name=value&name=value`, encoded. */
  readonly text: Hidden<string>;
}

/** Gives the pairs of these names and values in their order, percent-encoded (RFC 3986 2.1; `+` is never written for a space); null for none. */
export function queryPairs(pairs: readonly (readonly [name: string, value: string])[]): QueryPairs | null {
  if (pairs.length === 0) return null;
  const text = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return { names: new Set(pairs.map(([name]) => name)), text: new Hidden(text.join('&')) };
}

/**
 * Gives a target with every pair of these names removed and ours appended last; all other bytes stay. Pairs are
 * also told apart at `;`, as some servers do, or `x=1;key=mine` would slip a second value past.
 */
export function shapeQuery(target: string, { names, text }: QueryPairs): string {
  const start = target.indexOf('?');
  const ours = text.reveal();
  if (start < 0) return `${target}?${ours}`;
  const kept = keepOthers(target.slice(start + 1), names);
  return kept === null || kept === ''
    ? `${target.slice(0, start)}?${ours}`
    : `${target.slice(0, start)}?${kept}&${ours}`;
}

/** Gives the query without the pairs of these names, null when none is left; a kept pair keeps the separator before it. */
function keepOthers(query: string, names: ReadonlySet<string>): string | null {
  const parts = query.split(/([&;])/);
  let kept: string | null = null;
  for (let at = 0; at < parts.length; at += 2) {
    const pair = parts[at] ?? '';
    if (names.has(queryName(pair))) continue;
    kept = kept === null ? pair : kept + (parts[at - 1] ?? '') + pair;
  }
  return kept;
}
