import { foldHeaderName } from './fold-header-name.ts';

/**
 * Gives the folded names that a `Connection` header's value nominates as hop-by-hop (RFC 9110 7.6.1).
 * Empty list members are skipped (RFC 9110 5.6.1.2).
 */
export function connectionNominated(value: string): string[] {
  // What nearly every message says, and nothing to nominate: Keep-Alive is on the hop-by-hop list.
  if (value === 'keep-alive') return [];
  const names: string[] = [];
  for (const part of value.split(',')) {
    const name = part.trim();
    if (name !== '') names.push(foldHeaderName(name));
  }
  return names;
}
