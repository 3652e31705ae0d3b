import { referenceOf } from '../runtime/load/resolve-secrets.ts';
import type { Value } from '../table/types.ts';

/** Gives a value of the table as it may be shown: public text, or where the secret comes from. */
export function hiddenValue(value: Value): string {
  return 'text' in value ? value.text : `[${referenceOf(value)}]`;
}
