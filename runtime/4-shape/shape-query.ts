import { queryName } from '../../table/rules/method-override.ts';
import type { Hidden } from '../hidden.ts';

/** A key that goes into the query: its name, and `name=value` encoded. */
export interface QueryKey {
  readonly name: string;
  readonly pair: Hidden<string>;
}

/** Gives the query key of a name and value, percent-encoded (RFC 3986 2.1; `+` is never written for a space). */
export function encodePair(name: string, value: string): string {
  return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}

/**
 * Gives a target with every pair of the key's name removed and the key appended last; all other bytes
 * stay. Pairs are also told apart at `;`, as some servers do, or `x=1;key=mine` would slip a second
 * value past.
 */
export function shapeQuery(target: string, key: QueryKey): string {
  const start = target.indexOf('?');
  const pair = key.pair.reveal();
  if (start < 0) return `${target}?${pair}`;
  const kept = keepOthers(target.slice(start + 1), key.name);
  return kept === null || kept === ''
    ? `${target.slice(0, start)}?${pair}`
    : `${target.slice(0, start)}?${kept}&${pair}`;
}

/** Gives the query without the pairs of that name, null when none is left; a kept pair keeps the separator before it. */
function keepOthers(query: string, name: string): string | null {
  const parts = query.split(/([&;])/);
  let kept: string | null = null;
  for (let at = 0; at < parts.length; at += 2) {
    const pair = parts[at] ?? '';
    if (queryName(pair) === name) continue;
    kept = kept === null ? pair : kept + (parts[at - 1] ?? '') + pair;
  }
  return kept;
}
