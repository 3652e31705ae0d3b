import type { Problem } from '../problem.ts';
import { inputRefused } from './faults.ts';

/**
 * Gives what a call is asked for with, and the grant that the header of its request names (null: none); the problem
 * where it names another itself. A grant that was named is used, or the call fails.
 */
export function withNamedGrant<Asked extends { readonly grant?: unknown }>(
  asked: Asked,
  named: string | null,
): Asked | Problem {
  if (named === null) return asked;
  if (typeof asked.grant === 'string' && asked.grant !== named)
    return inputRefused('grant and the header Gateway-Connection name two grants');
  return { ...asked, grant: named };
}
