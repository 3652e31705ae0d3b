import { setTimeout as pause } from 'node:timers/promises';
import { UsageError } from '../usage-error.ts';
import { controlApi, NO_ANSWER, tellRefusal } from './ask-control.ts';
import type { AskControl, Refusal, ShownConnection } from './ask-control.ts';
import { checkedId, connectionOf } from './connection-of.ts';
import { statusText } from './render-connections.ts';

/** How often it is asked whether somebody has connected. */
const POLL_MS = 2_000;

/** What is connected, and how it is told. */
export interface ConnectFlags {
  readonly url: string;
  readonly method?: string;
  /** The grant that is connected anew, in place of a new one. */
  readonly grant?: string;
  readonly shared?: boolean;
  readonly wait: boolean;
  /** How long somebody has to connect, in seconds. */
  readonly timeout: number;
  readonly format: 'text' | 'json';
}

/**
 * Prints the link that connects a connection, waits until somebody has, and says what came of it. Gives the exit code:
 * 1 where it failed, was refused or took too long.
 */
export async function connect(name: string, flags: ConnectFlags): Promise<number> {
  const ask = controlApi(flags.url);
  const since = flags.grant === undefined ? null : await lastAttempt(ask, checkedId(flags.grant));
  if (since !== null && 'refusal' in since) return tellRefusal(since.refusal);
  const begun =
    flags.grant === undefined ? await create(ask, name, flags) : await reconnect(ask, name, flags.grant);
  if ('refusal' in begun) return tellRefusal(begun.refusal);
  const { connection } = begun;
  if (connection.url === null) throw new UsageError('the answer has no link; is this a control API of gw?');
  if (!flags.wait)
    return printed(connection, flags, `open this link to connect ${name}:\n${connection.url}\n`);
  const waiting = `open this link to connect ${name}, in the next ${flags.timeout} seconds:\n${connection.url}\n`;
  (flags.format === 'json' ? process.stderr : process.stdout).write(waiting);
  const deadline = performance.now() + flags.timeout * 1000;
  const ended = await untilConnected(ask, { id: connection.connection_id, since, deadline });
  if ('refusal' in ended) return tellRefusal(ended.refusal);
  return report(ended, flags);
}

function printed(connection: ShownConnection, { format }: ConnectFlags, text: string): number {
  process.stdout.write(format === 'json' ? `${JSON.stringify({ connection })}\n` : text);
  return 0;
}

type Begun = { readonly connection: ShownConnection } | { readonly refusal: Refusal };

async function create(ask: AskControl, app: string, { method, shared }: ConnectFlags): Promise<Begun> {
  const answer = await ask('POST', '/connections', {
    app,
    ...(method === undefined ? {} : { method }),
    ...(shared === true ? { shared } : {}),
  });
  return 'refusal' in answer ? answer : { connection: connectionOf(answer.json) };
}

/** Links that were given out before end with it: a grant of another connection is not touched. */
async function reconnect(ask: AskControl, app: string, id: string): Promise<Begun> {
  const found = await ask('GET', `/connections/${id}`);
  if ('refusal' in found) return found;
  const { app: found_app } = connectionOf(found.json);
  if (found_app !== app) throw new UsageError(`the grant ${id} is one of ${found_app}, not of ${app}`);
  const answer = await ask('POST', `/connections/${id}/reconnect`, {});
  return 'refusal' in answer ? answer : { connection: connectionOf(answer.json) };
}

/** How the newest attempt to connect a grant ended; null where there was none. */
interface Attempt {
  readonly event_id: string | null;
  readonly outcome: 'ACTIVE' | 'FAILED';
  readonly reason: string | null;
}

/** A grant goes on working while it is connected anew: only its history says what came of that. */
async function lastAttempt(ask: AskControl, id: string): Promise<Attempt | { readonly refusal: Refusal }> {
  const answer = await ask('GET', `/connections/${id}/events`);
  if ('refusal' in answer) return answer;
  const events = Array.isArray(answer.json['events'])
    ? (answer.json['events'] as Record<string, unknown>[])
    : [];
  const ended = events.find(
    ({ event_type }) => event_type === 'connect_completed' || event_type === 'connect_failed',
  );
  return {
    event_id: ended === undefined ? null : String(ended['id']),
    outcome: ended?.['event_type'] === 'connect_completed' ? 'ACTIVE' : 'FAILED',
    reason: typeof ended?.['reason'] === 'string' ? ended['reason'] : null,
  };
}

interface Wait {
  readonly id: string;
  /** The newest attempt before this one; null for a new grant. */
  readonly since: Attempt | null;
  readonly deadline: number;
}

/** What the wait ended with. */
interface Ended {
  readonly connection: ShownConnection;
  readonly outcome: 'ACTIVE' | 'FAILED' | 'EXPIRED' | null;
  readonly reason: string | null;
}

/** Statuses that say: not now. Whoever waits asks again, as long as a gateway may take to start anew. */
const PASSING: ReadonlySet<number> = new Set([NO_ANSWER, 429, 502, 503, 504]);

async function untilConnected(ask: AskControl, wait: Wait): Promise<Ended | { readonly refusal: Refusal }> {
  for (;;) {
    const left = wait.deadline - performance.now();
    await pause(Math.max(0, Math.min(POLL_MS, left)));
    const ended = await lookAgain(ask, wait);
    if ('refusal' in ended && !PASSING.has(ended.refusal.status)) return ended;
    const isOver = left <= POLL_MS;
    if ('refusal' in ended ? isOver : isOver || ended.outcome !== null) return ended;
  }
}

async function lookAgain(
  ask: AskControl,
  { id, since }: Wait,
): Promise<Ended | { readonly refusal: Refusal }> {
  const found = await ask('GET', `/connections/${id}`);
  if ('refusal' in found) return found;
  const connection = connectionOf(found.json);
  if (since === null) {
    const outcome = connection.status === 'PENDING' ? null : connection.status;
    return { connection, outcome, reason: connection.reason ?? null };
  }
  const attempt = await lastAttempt(ask, id);
  if ('refusal' in attempt) return attempt;
  const isNew = attempt.event_id !== since.event_id;
  return { connection, outcome: isNew ? attempt.outcome : null, reason: isNew ? attempt.reason : null };
}

function report({ connection, outcome, reason }: Ended, flags: ConnectFlags): number {
  const { app, connection_id } = connection;
  if (flags.format === 'json') process.stdout.write(`${JSON.stringify({ connection, outcome, reason })}\n`);
  if (outcome === null) {
    process.stderr.write(
      `gw connect: nobody has connected ${app} in ${flags.timeout} seconds; \`gw connections show ${connection_id}\` tells how it goes on\n`,
    );
    return 1;
  }
  if (flags.format === 'text') {
    const status = statusText({ status: outcome, ...(reason === null ? {} : { reason }) });
    process.stdout.write(`${app} ${connection_id} ${status}\n`);
  }
  return outcome === 'ACTIVE' ? 0 : 1;
}
