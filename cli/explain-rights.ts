import { authorizeGrants } from '../runtime/3-authenticate/authorize-grants.ts';
import { authorizeTool } from '../runtime/3-authenticate/authorize-tool.ts';
import { rightsOf } from '../runtime/3-authenticate/rights-of.ts';
import type { KnownCaller } from '../runtime/load/snapshot.ts';
import { Problem } from '../runtime/problem.ts';
import type { Caller, Decider, Table } from '../table/types.ts';
import { UsageError } from './usage-error.ts';

/** What is printed, and whether what was asked for would be forwarded or allowed. */
export interface Explained {
  readonly lines: readonly string[];
  readonly forwarded: boolean;
}

/** What a decision comes to: the refusal, or what allows it; null for what no persona decides. */
type Decision = Problem | Decider | null;

/** What a decision looks at of a caller. */
type Judged = Pick<KnownCaller, 'admin' | 'access' | 'denied' | 'toolAccess' | 'manages'>;

/** Gives who may use a tool, and who may manage grants, with what decides. */
export function explainRights(
  table: Table,
  flags: { readonly caller?: string; readonly tool?: string; readonly grants?: boolean },
): Explained {
  const { tool, grants } = flags;
  const parts: Explained[] = [];
  if (tool !== undefined) {
    const decided = decisionLines(
      table,
      flags.caller,
      (caller) => authorizeTool(caller, tool) ?? caller.toolAccess.get(tool)?.by ?? null,
    );
    parts.push({ ...decided, lines: [`tool         ${tool}`, ...decided.lines] });
  }
  if (grants === true) {
    const decided = decisionLines(table, flags.caller, (caller) => authorizeGrants(caller) ?? caller.manages);
    parts.push({ ...decided, lines: ['grants       create and delete', ...decided.lines] });
  }
  return {
    lines: parts.flatMap(({ lines }) => lines),
    forwarded: parts.every(({ forwarded }) => forwarded),
  };
}

/**
 * Gives the decision over each caller, or over the named one, with the persona and the line that decided. Throws
 * a UsageError where nobody has the name.
 */
export function decisionLines(
  { callers, access }: Table,
  name: string | undefined,
  decide: (caller: Judged) => Decision,
): Explained {
  const asked = name === undefined ? callers : callers.filter((caller) => caller.name === name);
  if (name !== undefined && asked.length === 0) {
    throw new UsageError(
      `no caller is named ${JSON.stringify(name)}; there are: ${callers.map((one) => one.name).join(', ')}`,
    );
  }
  if (asked.length === 0)
    return { lines: ['caller       none is declared: 401 caller_unauthenticated'], forwarded: false };
  const decided = asked.map((caller) => {
    const plan = access[caller.access];
    if (plan === undefined) throw new Error('a caller has no access plan');
    const decision = decide({ ...rightsOf(plan), admin: caller.admin });
    return { lines: [whoIs(caller), decisionLine(decision)], forwarded: !(decision instanceof Problem) };
  });
  return {
    lines: decided.flatMap(({ lines }) => lines),
    forwarded: decided.some(({ forwarded }) => forwarded),
  };
}

function whoIs({ name, at, account, personas }: Caller): string {
  return `caller       ${name} (${at}), account ${account}, personas ${personas.join(', ') || 'none'}`;
}

function decisionLine(decision: Decision): string {
  if (decision === null) return '  allowed    to operators (admin: true)';
  if (!(decision instanceof Problem)) return `  allowed    by ${shownDecider(decision.persona, decision.at)}`;
  const { status, code, detail, logged } = decision;
  const { persona, rule } = logged;
  const by = persona === undefined || rule === undefined ? '' : ` (${shownDecider(persona, rule)})`;
  return `  refused    ${status} ${code}: ${detail}${by}`;
}

function shownDecider(persona: string, at: string): string {
  return `persona ${persona}, ${at}`;
}
