import { readPointer } from '../../../table/rules/json-pointer.ts';
import { variableValueFault, wholePattern } from '../../../table/rules/whole-pattern.ts';
import type { LinearEngine } from '../../../table/rules/whole-pattern.ts';
import type { Variable } from '../../../table/types.ts';
import type { WholeAnswer } from '../../6-forward/fetch-whole.ts';
import { readContent, statusFailure } from './read-answer.ts';
import { textAt } from './read-tokens.ts';
import { answerOf } from './request-token.ts';
import { transient } from './types.ts';
import type { Failure, Json } from './types.ts';

/** Why a variable has no value that could be used. */
export type VariableReason = 'variable_missing' | 'variable_unfit';

/** What signing in told of the variables of a connection. Values may be secret: they are the account's. */
export interface ToldVariables {
  readonly values: ReadonlyMap<string, string>;
  readonly faults: readonly { readonly variable: string; readonly reason: VariableReason }[];
}

/** What variables are read from: the answer of the token endpoint, and the parameters of the callback. */
export interface VariableSources {
  readonly answer: Json;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Gives the variables that come with the token's answer or the callback. One that is not there gets its default;
 * without that it is a fault, if it is needed. Those that are looked up or written are for others to give.
 */
export async function toldVariables(
  variables: readonly Variable[],
  { answer, parameters }: VariableSources,
): Promise<ToldVariables> {
  const values = new Map<string, string>();
  const faults: { variable: string; reason: VariableReason }[] = [];
  for (const variable of variables) {
    const { name, source } = variable;
    if (source.kind !== 'token_response' && source.kind !== 'callback') continue;
    const raw =
      source.kind === 'callback' ? parameters.get(source.parameter) : textAt(answer, source.pointer);
    const value = await fitting(variable, raw ?? null);
    if (value === null) faults.push({ variable: name, reason: 'variable_unfit' });
    else if (value !== undefined) values.set(name, value);
    else if (!variable.optional) faults.push({ variable: name, reason: 'variable_missing' });
  }
  return { values, faults };
}

/** One of the values that a look-up found, and what names it for people. */
export interface Candidate {
  readonly value: string;
  readonly title: string;
}

/** What a look-up comes to. `choose`: a person has to say which. */
export type LookedUp =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'choose'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'fault'; readonly reason: VariableReason }
  /** There is none, and it is not needed. */
  | { readonly kind: 'absent' }
  | Failure;

/** More could not be chosen from on a page. */
const CANDIDATES_MAX = 1_000;

/**
 * Looks a variable up with one GET, which `get` sends with the new credential: it fills the URL's variables,
 * guards its host, and sends the credential nowhere but where it belongs.
 */
export async function lookUp(
  variable: Variable,
  now: number,
  get: (url: string) => Promise<WholeAnswer>,
): Promise<LookedUp> {
  if (variable.source.kind !== 'lookup') throw new Error(`the variable ${variable.name} is not looked up`);
  const { url, pointer, list, title } = variable.source.lookup;
  const answer = await answerOf(get(url));
  if ('kind' in answer) return answer;
  const failed = statusFailure(answer, now);
  if (failed !== null) return failed;
  if (answer.status >= 400) return transient('request_refused');
  const content = readContent(answer);
  if (content === undefined) return transient('answer_malformed');
  if (list === null) return single(variable, textAt(content, pointer));
  const elements = readPointer(content, list);
  if (!Array.isArray(elements)) return transient('answer_incomplete');
  const candidates: Candidate[] = [];
  for (const element of (elements as readonly Json[]).slice(0, CANDIDATES_MAX)) {
    const raw = textAt(element, pointer);
    const value = raw === null ? undefined : await fitting(variable, raw);
    // What does not fit could not be chosen.
    if (typeof value === 'string' && !candidates.some((one) => one.value === value))
      candidates.push({ value, title: (title === null ? null : textAt(element, title)) ?? value });
  }
  const [first, ...more] = candidates;
  if (first !== undefined && more.length === 0) return { kind: 'value', value: first.value };
  return first === undefined ? single(variable, null) : { kind: 'choose', candidates };
}

async function single(variable: Variable, raw: string | null): Promise<LookedUp> {
  const value = await fitting(variable, raw);
  if (value === null) return { kind: 'fault', reason: 'variable_unfit' };
  if (value !== undefined) return { kind: 'value', value };
  return variable.optional ? { kind: 'absent' } : { kind: 'fault', reason: 'variable_missing' };
}

/** Gives what a raw value comes to: undefined where there is neither one nor a default, null where it is unfit. */
async function fitting(variable: Variable, raw: string | null): Promise<string | null | undefined> {
  const { source, pattern } = variable;
  const match = source.kind === 'connection' ? null : source.match;
  if (raw === null || raw === '') return variable.default ?? undefined;
  // Loaded when it is needed: few connections have such a variable.
  const engine = pattern === null && match === null ? null : (await import('re2js')).RE2JS;
  const value = match === null ? raw : (matched(raw, match, engine as LinearEngine) ?? null);
  if (value === null || value === '') return null;
  return variableValueFault(value, variable, () => engine as LinearEngine) === null ? value : null;
}

function matched(raw: string, match: string, engine: LinearEngine): string | null {
  // `$` of a pattern may let a newline at the end pass, which no value has.
  return /[\r\n]/.test(raw) ? null : (wholePattern(match, engine)?.firstGroup(raw) ?? null);
}
