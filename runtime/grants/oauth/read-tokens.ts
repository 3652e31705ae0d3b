import { headerValueFault } from '../../../table/rules/header-syntax.ts';
import { readPointer } from '../../../table/rules/json-pointer.ts';
import type { OAuth2Plan } from '../../../table/types.ts';
import type { WholeAnswer } from '../../6-forward/fetch-whole.ts';
import { Hidden } from '../../hidden.ts';
import { knownError, TERMINAL_ERRORS } from './known-errors.ts';
import { readContent, retryAfter, statusFailure } from './read-answer.ts';
import { plainText, strippedText } from './stripped-text.ts';
import { terminal, transient } from './types.ts';
import type { Failure, Json, TokenOutcome } from './types.ts';

/** What an answer is read with. */
export interface AnswerReading {
  readonly plan: OAuth2Plan;
  /** When the request was sent: what it gives lives from then on, if not from later. */
  readonly sent_at: number;
  /** What the server may know and must not be told again: it does not stand in what is kept of its texts. */
  readonly secrets: Hidden<readonly string[]>;
}

/**
 * Gives what a token endpoint's answer comes to, in the vendor's dialect. Read leniently where vendors differ
 * and nothing hangs on it: 201 for 200, a form for JSON, no `token_type`, null for absent, numbers as text,
 * scopes as a list, tokens in a nested object. Read strictly in what is a success: no error, no redirect, and an
 * access token that a header can carry.
 */
export function readTokens(answer: WholeAnswer, reading: AnswerReading): TokenOutcome {
  const failed = statusFailure(answer, reading.sent_at);
  if (failed !== null) return failed;
  const content = readContent(answer);
  const error = errorOf(content, reading);
  if (answer.status >= 400 || error !== null) return failureOf(answer, error, withTokens(content, reading));
  if (content === undefined) return transient('answer_malformed');
  return tokensOf(content, reading);
}

/** Where servers put tokens: what stands there is secret beside an error, too. */
const TOKENS = ['/access_token', '/refresh_token', '/id_token'];

/** Gives the reading with the tokens of the answer itself among what is secret. */
function withTokens(content: Json | undefined, reading: AnswerReading): AnswerReading {
  if (content === undefined) return reading;
  const tokens = [reading.plan.access_token, ...TOKENS].flatMap((pointer) => textAt(content, pointer) ?? []);
  return { ...reading, secrets: new Hidden([...reading.secrets.reveal(), ...tokens]) };
}

interface ToldError {
  readonly code: string;
  readonly description: string;
}

/** Gives the error that an answer tells of, or null. */
function errorOf(content: Json | undefined, { plan }: AnswerReading): ToldError | null {
  if (content === undefined) return null;
  const description = textAt(content, '/error_description') ?? '';
  if (plan.error !== null && textAt(content, plan.error.pointer) === plan.error.equals) {
    const code = plan.error.reason === null ? null : textAt(content, plan.error.reason);
    return { code: code ?? '', description };
  }
  const error = readPointer(content, '/error');
  if (typeof error === 'string' && error !== '') return { code: error, description };
  if (error === null || typeof error !== 'object') return null;
  const code = textAt(error as Json, '/code') ?? textAt(error as Json, '/type') ?? '';
  return { code, description: textAt(error as Json, '/message') ?? description };
}

function failureOf(
  answer: WholeAnswer,
  error: ToldError | null,
  { secrets, sent_at }: AnswerReading,
): Failure {
  const told = error === null ? '' : [error.code, error.description].filter((text) => text !== '').join(': ');
  const code = error?.code ?? '';
  const said = { detail: strippedText(told, secrets), idp_error: knownError(code) };
  const reason = TERMINAL_ERRORS.get(code);
  if (answer.status === 401) return terminal(reason ?? 'client_refused', said);
  // Of the other 4xx only 400 is what RFC 6749 5.2 has for errors: a 403 or 404 may be a gateway in between.
  if (reason !== undefined && (answer.status === 400 || answer.status < 300)) return terminal(reason, said);
  return transient('request_refused', { ...said, retry_after_ms: retryAfter(answer, sent_at) });
}

function tokensOf(content: Json, reading: AnswerReading): TokenOutcome {
  const { plan, sent_at } = reading;
  const token = readPointer(content, plan.access_token);
  if (typeof token !== 'string' || token === '') return transient('answer_incomplete');
  if (headerValueFault(token) !== null) return transient('answer_malformed');
  const parent = readPointer(content, plan.access_token.slice(0, plan.access_token.lastIndexOf('/')));
  /** Beside the token first, which may stand in an object of its own. */
  const member = (name: string): unknown => present(parent, name) ?? present(content, name);
  const refresh = member('refresh_token');
  const refresh_token = typeof refresh === 'string' && refresh !== '' ? new Hidden(refresh) : 'kept';
  const lifetime_ms = duration(member('expires_in')) ?? plan.lifetime_ms;
  const told_ms = REFRESH_LIFETIMES.map((name) => duration(member(name))).find((ms) => ms !== null) ?? null;
  const refresh_ms = told_ms ?? (refresh_token === 'kept' ? 'kept' : plan.refresh_max_lifetime_ms);
  return {
    kind: 'ok',
    access_token: new Hidden(token),
    refresh_token,
    expires_at: lifetime_ms === null ? null : sent_at + lifetime_ms,
    refresh_expires_at: typeof refresh_ms === 'number' ? sent_at + refresh_ms : refresh_ms,
    scope: scopeOf(member('scope') ?? member('scopes'), withTokens(content, reading)),
    token_type: textOf(member('token_type')),
    answer: new Hidden(content),
  };
}

/** What vendors call the lifetime of a refresh token, in seconds. */
const REFRESH_LIFETIMES = ['refresh_expires_in', 'refresh_token_expires_in', 'x_refresh_token_expires_in'];

const LIFETIME_MAX_MS = 10 * 365 * 24 * 60 * 60 * 1000;

/** Gives a lifetime in milliseconds. Zero and less, which some vendors write for "for ever", tell nothing. */
function duration(seconds: unknown): number | null {
  const ms = Math.floor(
    Number(typeof seconds === 'string' ? seconds.trim() || NaN : (seconds ?? NaN)) * 1000,
  );
  return typeof seconds === 'boolean' || !(ms > 0) ? null : Math.min(ms, LIFETIME_MAX_MS);
}

/** Scopes are shown to admins. */
const SCOPE_MAX = 2_000;

function scopeOf(told: unknown, { secrets }: AnswerReading): string | null {
  const scope = Array.isArray(told) ? told.filter((one) => typeof one === 'string').join(' ') : textOf(told);
  return scope === null ? null : plainText(scope, secrets).slice(0, SCOPE_MAX);
}

function present(value: unknown, name: string): unknown {
  return readPointer(value, `/${name}`) ?? undefined;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Gives what stands at a JSON pointer as text; null where nothing does, or something that is no text. */
export function textAt(content: Json, pointer: string): string | null {
  const value = readPointer(content, pointer);
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : null;
}
