import { answerProblem, cutAnswer, endAnswer } from '../answer.ts';
import { AnswerBroken, callUpstream } from '../call-upstream.ts';
import type { UpstreamAnswer } from '../call-upstream.ts';
import type { Asking } from '../admit.ts';
import { noteProblem } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { relay } from '../7-relay/relay.ts';
import { leavingOf } from '../leaving.ts';
import { Problem } from '../problem.ts';
import { readContent } from '../read-content.ts';

/** Answers `POST /{connection}/{tool}` where the upstream is an MCP server. */
export async function openToolDoor(exchange: Exchange, asking: Asking): Promise<void> {
  const signal = leavingOf(exchange);
  const content = await contentOf(exchange, asking);
  if (exchange.response.destroyed) return;
  if (content instanceof Problem) {
    answerProblem(exchange, content);
    return;
  }
  const { caller, route, method, rest, fields, from } = asking;
  const answer = await callUpstream(exchange, {
    caller,
    route,
    method,
    rest,
    written: false,
    headers: fields.raw,
    body: content,
    timeout_ms: route.connection.limits.call_timeout_ms,
    from,
    signal,
  });
  if (exchange.response.destroyed) {
    if (!(answer instanceof Problem)) answer.content.destroy();
  } else if (answer instanceof Problem) {
    answerProblem(exchange, answer);
  } else {
    await relayAnswer(exchange, answer);
  }
}

async function contentOf(exchange: Exchange, { fields, framing, route }: Asking): Promise<Buffer | Problem> {
  if (fields.folded.includes('content-encoding')) {
    return new Problem(
      'content_encoding_unsupported',
      'arguments of a tool are sent without Content-Encoding',
      {
        headers: ['Accept-Encoding', 'identity'],
      },
    );
  }
  const own = route.connection.limits.body_max_bytes;
  const { invoke_body_max_bytes } = exchange.snapshot.limits;
  return readContent(
    { exchange, message: { framing } },
    own === null
      ? { max_bytes: invoke_body_max_bytes, key: 'limits.invoke_body_max' }
      : { max_bytes: own, key: 'body_max' },
  );
}

async function relayAnswer(
  exchange: Exchange,
  { status, headers, content, admitted }: UpstreamAnswer,
): Promise<void> {
  const { response } = exchange;
  const { asked, route } = admitted;
  const onward = relay({ response, asked, onDrain: () => content.resume() }, route.relay);
  onward.head(status, '', headers);
  try {
    for await (const chunk of content) {
      if (!onward.data(chunk as Buffer)) await drained(exchange);
    }
  } catch (error) {
    if (!(error instanceof AnswerBroken)) throw error;
    noteProblem(exchange, error.problem);
    cutAnswer(exchange);
    return;
  }
  endAnswer(exchange);
}

function drained({ response }: Exchange): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}
