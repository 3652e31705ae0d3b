import type { Problem } from '../problem.ts';
import { denied } from './denied.ts';
import type { CallerRights } from './rights-of.ts';

/** Gives null where a caller may create and delete grants of its account, else the refusal. Operators may. */
export function authorizeGrants(
  caller: Pick<CallerRights, 'manages'> & { readonly admin: boolean },
): Problem | null {
  if (caller.admin || caller.manages !== null) return null;
  return denied("your personas use the account's grants and do not manage them", 'grants', null);
}
