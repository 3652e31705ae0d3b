import { FRAMING, HOP_BY_HOP } from '../../table/rules/hop-by-hop.ts';

/** Folded names of the caller's fields that no upstream sees, whatever the auth mode. */
const ALWAYS: readonly string[] = [
  ...HOP_BY_HOP,
  ...FRAMING,
  'authorization',
  'x-api-key',
  'maton-connection',
  'forwarded',
  'via',
];
const PREFIXES = ['proxy-', 'gateway-', 'x-forwarded-'] as const;

/** Tells whether a caller's field is dropped on its way to an upstream. */
export type DropName = (folded: string) => boolean;

/** Gives the test of one connection: the names above, those that a higher layer owns, and Cookie unless forwarded. */
export function dropName(owned: readonly string[], cookies: 'drop' | 'forward'): DropName {
  const names = new Set([...ALWAYS, ...owned]);
  if (cookies === 'drop') names.add('cookie');
  return (folded) =>
    names.has(folded) ||
    // First letters first: most names have none of the prefixes.
    ((folded.startsWith('p') || folded.startsWith('g') || folded.startsWith('x')) &&
      PREFIXES.some((prefix) => folded.startsWith(prefix)));
}
