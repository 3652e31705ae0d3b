import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { readFields } from './1-accept/fields.ts';
import type { RequestFields } from './1-accept/fields.ts';
import { bodyTooLarge } from './6-forward/caller-body.ts';
import type { AnswerSink, UpstreamCall } from './6-forward/forward.ts';
import { hasContent } from './6-forward/has-content.ts';
import { upstreamFault } from './6-forward/upstream-fault.ts';
import { admit } from './admit.ts';
import type { Admitted } from './admit.ts';
import { checkRequest } from './check-request.ts';
import { noteProblem } from './exchange.ts';
import type { ExchangeRecord } from './exchange.ts';
import type { KnownCaller, Route } from './load/snapshot.ts';
import { isMcpServer } from '../table/rules/auth-modes.ts';
import { Problem } from './problem.ts';
import { sendRequest } from './send-request.ts';

/** A request to an upstream that is whole in memory, for a caller whose own request asked for it in another form. */
export interface UpstreamAsk {
  readonly caller: KnownCaller;
  readonly route: Route;
  readonly method: string;
  /** Everything behind the connection's name, in characters of a request target and checked as one (`targetFault`). */
  readonly rest: string;
  /** The gateway wrote it of values that it was given apart: an encoded slash in it is part of one. */
  readonly written: boolean;
  /** Flat: name, value. Shaped like a caller's: what it may not send does not go out. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  /** Until the whole answer is in. */
  readonly timeout_ms: number;
  /** The caller's own request. */
  readonly from: IncomingMessage;
  /** Breaks the call off. */
  readonly signal: AbortSignal;
}

/** The answer of an upstream. Its trailers are not told. */
export interface UpstreamAnswer {
  readonly status: number;
  /** Raw names and values in turn. */
  readonly headers: readonly Buffer[];
  /**
   * The content as it comes. Ends with an AnswerBroken where it does not come whole; destroying it breaks the call
   * off, and whoever does not read it to its end has to.
   */
  readonly content: Readable;
  /** What was sent. */
  readonly admitted: Admitted;
}

/** The content of an answer did not come whole. */
export class AnswerBroken extends Error {
  override readonly name = 'AnswerBroken';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

/**
 * Takes a request through the same steps as one that came as itself: path rules, personas, credential, validation,
 * forwarding. Gives the answer when its head is there, or the problem, which the record has then too. Whoever opened
 * the record ends it.
 */
export async function callUpstream(
  record: ExchangeRecord,
  ask: UpstreamAsk,
): Promise<UpstreamAnswer | Problem> {
  const started_ms = performance.now();
  const answer = await sent(record, ask, () => ask.timeout_ms - (performance.now() - started_ms));
  if (answer instanceof Problem && !record.gone) {
    noteProblem(record, answer);
    record.source = 'gateway';
  }
  return answer;
}

async function sent(
  record: ExchangeRecord,
  ask: UpstreamAsk,
  left_ms: () => number,
): Promise<UpstreamAnswer | Problem> {
  const { caller, route, method, rest, written, from, body } = ask;
  if (isMcpServer(route.connection))
    return (await import('./mcp-upstream/call-tool.ts')).callTool(record, ask);
  const fields = readFields({ rawHeaders: [...ask.headers] }, record.snapshot.limits);
  if (fields instanceof Problem) return fields;
  const framing = body === null ? { kind: 'none' as const } : { kind: 'length' as const, bytes: body.length };
  const admitted = await admit(record, { caller, route, method, rest, written, fields, framing, from });
  if (admitted instanceof Problem) return admitted;
  record.content = body === null ? null : { contentType: contentTypeOf(fields), body };
  const refused =
    (await checked(record, admitted, body)) ?? (await record.observer.beforeSending?.(record)) ?? null;
  if (refused !== null) return refused;
  record.requestBytes = body?.length ?? 0;
  return await exchangeAdmitted(record, admitted, { ask, left_ms: left_ms() });
}

function contentTypeOf({ raw, folded }: RequestFields): string | null {
  return raw[2 * folded.indexOf('content-type') + 1] ?? null;
}

/** Gives why a request may not be sent as it is, or null. */
async function checked(
  record: ExchangeRecord,
  admitted: Admitted,
  body: Buffer | null,
): Promise<Problem | null> {
  const { route, operation } = admitted;
  const max = route.connection.limits.body_max_bytes;
  if (body !== null && max !== null && body.length > max) return bodyTooLarge(max);
  if (route.validation === null || operation === null) return null;
  const whole = body ?? Buffer.alloc(0);
  const found = await checkRequest(record, admitted, {
    validation: route.validation,
    operation,
    content: {
      held: false,
      read: (limit) => Promise.resolve(whole.length > limit ? { stream: whole } : { whole }),
    },
  });
  return found instanceof Problem ? found : null;
}

/** What is left to know of a request that was admitted. */
interface Timed {
  readonly ask: Pick<UpstreamAsk, 'method' | 'body' | 'timeout_ms' | 'signal'>;
  readonly left_ms: number;
}

/** Sends an admitted request; gives the answer when its head is there, or the problem. */
export function exchangeAdmitted(
  record: ExchangeRecord,
  admitted: Admitted,
  { ask, left_ms }: Timed,
): Promise<UpstreamAnswer | Problem> {
  const name = admitted.route.connection.name;
  return new Promise((resolve) => {
    let call: UpstreamCall | null = null;
    let content: Readable | null = null;
    let over = false;
    const end = (problem: Problem | null): void => {
      if (over) return;
      over = true;
      clearTimeout(deadline);
      ask.signal.removeEventListener('abort', onAbort);
      if (problem === null) content?.push(null);
      else if (content === null) resolve(problem);
      else content.destroy(new AnswerBroken(problem));
    };
    const breakOff = (problem: Problem): void => {
      call?.cancel();
      end(problem);
    };
    const onAbort = (): void => {
      record.gone = true;
      breakOff(new Problem('upstream_unreachable', 'the call was broken off'));
    };
    const late = `the upstream of ${name} did not answer in full within ${ask.timeout_ms} ms`;
    const deadline = setTimeout(() => breakOff(new Problem('upstream_timeout', late)), Math.max(0, left_ms));
    if (ask.signal.aborted) return onAbort();
    ask.signal.addEventListener('abort', onAbort);
    const sink: AnswerSink = {
      head: (status, _reason, headers) => {
        record.upstream_ms = performance.now() - record.started_ms;
        record.source = 'upstream';
        record.upstream_status = status;
        content = contentOf(
          () => call,
          () => breakOff(new Problem('upstream_unreachable', 'not read')),
        );
        resolve({ status, headers: [...headers], content, admitted });
        // Nothing follows: the answer is complete here.
        if (!hasContent(ask.method, status)) end(null);
        return true;
      },
      data: (chunk) => {
        record.responseBytes += chunk.length;
        return content?.push(chunk) ?? false;
      },
      end: () => end(null),
      fail: (error) => end(upstreamFault(error, name) ?? new Problem('upstream_unreachable', 'cancelled')),
    };
    call = sendRequest(admitted, {
      body: ask.body,
      sink,
      call_timeout_ms: ask.timeout_ms,
      isOver: () => over,
      renewed: () => {
        record.logged = { credential: 'renewed' };
      },
    });
  });
}

/** Gives content that is read as it comes, with backpressure; `unread` is told when nobody wants the rest. */
function contentOf(call: () => UpstreamCall | null, unread: () => void): Readable {
  const content = new Readable({
    read: () => call()?.resume(),
    destroy: (error, done) => {
      if (error === null) unread();
      done(error);
    },
  });
  // Whoever reads is told; before anybody reads, nobody is there to be.
  return content.on('error', () => {});
}
