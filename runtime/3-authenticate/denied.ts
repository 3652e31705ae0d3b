import type { Decider } from '../../table/types.ts';
import { Problem } from '../problem.ts';

/** Gives the refusal of a persona: the caller reads `detail`, the log and the audit also the reason, the persona and its line. */
export function denied(detail: string, reason: string, by: Decider | null): Problem {
  return new Problem('forbidden', detail, {
    logged: by === null ? { denied: reason } : { denied: reason, persona: by.persona, rule: by.at },
  });
}
