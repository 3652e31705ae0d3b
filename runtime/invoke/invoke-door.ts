import { pipeline } from 'node:stream/promises';
import { answerProblem, answerWhole, cutAnswer, endAnswer } from '../answer.ts';
import { AnswerBroken } from '../call-upstream.ts';
import type { UpstreamAnswer } from '../call-upstream.ts';
import { noteProblem } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { hasContent } from '../6-forward/has-content.ts';
import { leavingOf } from '../leaving.ts';
import { Problem } from '../problem.ts';
import { readContent } from '../read-content.ts';
import type { Knock } from '../receive.ts';
import { inputRefused } from './faults.ts';
import { withNamedGrant } from './named-grant.ts';
import { openCall } from './open-call.ts';
import type { InvokeParts, OpenedCall } from './open-call.ts';
import { readAnswer } from './read-answer.ts';
import { readInput } from './read-input.ts';
import { safeHeaders } from './safe-headers.ts';
import type { InvokeInput } from './types.ts';

/** A call, and how its answer is wanted. */
interface AskedCall {
  readonly connection: string;
  readonly form: 'envelope' | 'stream';
}

/**
 * Answers `POST /api/v1/gateway/{connection}/invoke` with the envelope of the upstream's answer, and `…/invoke-raw`
 * with its status and bytes.
 */
export async function openInvokeDoor(knock: Knock): Promise<void> {
  const { exchange, caller } = knock;
  exchange.door = 'invoke';
  const asked = askedOf(knock);
  const input = asked instanceof Problem ? asked : await inputOf(knock, asked);
  if (asked instanceof Problem || input instanceof Problem) {
    answerProblem(exchange, input instanceof Problem ? input : inputRefused('no call'));
    return;
  }
  if (exchange.response.destroyed) return;
  const signal = leavingOf(exchange);
  const parts: InvokeParts = { record: exchange, caller, from: exchange.request, signal };
  const opened = await openCall(parts, input);
  if (exchange.response.destroyed) {
    if (!(opened instanceof Problem)) close(opened);
    return;
  }
  if (opened instanceof Problem) answerProblem(exchange, opened);
  else await answerCall(exchange, opened, asked.form);
}

/** What a call holds is given back when its answer has gone out, or nobody waits for it any more. */
async function answerCall(exchange: Exchange, opened: OpenedCall, form: AskedCall['form']): Promise<void> {
  exchange.response.on('close', () => close(opened));
  try {
    if (form === 'envelope') await answerEnvelope(exchange, opened);
    else await streamAnswer(exchange, opened.answer);
  } catch (error) {
    close(opened);
    throw error;
  }
}

function close({ answer, memory }: OpenedCall): void {
  answer.content.destroy();
  memory.release();
}

const PATH = /^\/v1\/gateway\/([^/?]*)\/(invoke|invoke-raw)$/;

function askedOf({ exchange, rest }: Knock): AskedCall | Problem {
  const [, connection, word] = PATH.exec(rest) ?? [];
  if (connection === undefined || word === undefined) {
    return new Problem('route_unknown', 'there is POST /api/v1/gateway/{connection}/invoke, and invoke-raw');
  }
  if (exchange.request.method !== 'POST') {
    return new Problem('method_not_allowed', `${word} is called by POST`, { headers: ['Allow', 'POST'] });
  }
  return { connection, form: word === 'invoke' ? 'envelope' : 'stream' };
}

async function inputOf(knock: Knock, { connection }: AskedCall): Promise<InvokeInput | Problem> {
  const { exchange, message } = knock;
  if (exchange.request.headers['content-encoding'] !== undefined) {
    return new Problem('content_encoding_unsupported', 'a call is sent without Content-Encoding', {
      headers: ['Accept-Encoding', 'identity'],
    });
  }
  const content = await readContent(knock, {
    max_bytes: exchange.snapshot.limits.invoke_body_max_bytes,
    key: 'limits.invoke_body_max',
  });
  if (content instanceof Problem) return content;
  const input = readInput(content, connection);
  return input instanceof Problem ? input : withNamedGrant(input, message.fields.grant);
}

async function answerEnvelope(exchange: Exchange, opened: OpenedCall): Promise<void> {
  const answer = await readAnswer(exchange, opened);
  if (exchange.response.destroyed) return;
  const { error } = answer;
  if (error?.code === 'body_not_inlineable') {
    answerProblem(exchange, new Problem('body_not_inlineable', error.message));
    return;
  }
  // The answer is the upstream's, though its head and form are not.
  const body = Buffer.from(`${JSON.stringify(answer)}\n`, 'utf8');
  answerWhole(exchange, {
    status: 200,
    headers: ['Content-Type', 'application/json', 'Cache-Control', 'no-store'],
    body,
  });
}

async function streamAnswer(
  exchange: Exchange,
  { status, headers, content, admitted }: UpstreamAnswer,
): Promise<void> {
  const { response } = exchange;
  const fields = safeHeaders(headers, admitted.route.relay.redact);
  const bare = !hasContent(admitted.method, status);
  response.writeHead(status, bare ? withoutLength(fields) : fields);
  response.write(Buffer.alloc(0));
  try {
    await pipeline(content, response, { end: false });
  } catch (error) {
    if (error instanceof AnswerBroken) noteProblem(exchange, error.problem);
    cutAnswer(exchange);
    return;
  }
  endAnswer(exchange);
}

/** Nothing follows, but an answer to POST has content: its length is not what an answer to HEAD says. */
function withoutLength(fields: readonly string[]): string[] {
  return fields.flatMap((field, at) =>
    at % 2 === 0 && field !== 'Content-Length' && field !== 'Content-Encoding'
      ? [field, fields[at + 1] ?? '']
      : [],
  );
}
