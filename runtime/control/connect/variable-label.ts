import type { Variable } from '../../../table/types.ts';

/** What a person is told of a variable whose value they write, or choose. */
export interface VariableLabel {
  readonly label: string;
  /** What else is known of it; null: nothing. */
  readonly hint: string | null;
}

/** Gives the first sentence of what the catalog says of a variable, and the rest; else its name, in words. */
export function variableLabel({ name, doc }: Pick<Variable, 'name' | 'doc'>): VariableLabel {
  if (doc === null) return { label: name.replaceAll('_', ' '), hint: null };
  const [, first = doc, rest = ''] = /^(.*?)\.(?:\s+(?=\p{Lu})(.*))?$/su.exec(doc) ?? [];
  return { label: first, hint: rest === '' ? null : rest };
}
