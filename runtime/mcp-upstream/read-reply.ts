import { isMapping } from '../../table/rules/is-mapping.ts';
import { essence } from '../../table/rules/media-type.ts';
import type { HeldMemory } from '../7-relay/memory-budget.ts';
import { AnswerBroken } from '../call-upstream.ts';
import type { UpstreamAnswer } from '../call-upstream.ts';
import { Problem } from '../problem.ts';
import { isDeepJson } from '../validate/check-body.ts';
import { eventReader } from './read-events.ts';

/** What a server replied to a request of JSON-RPC 2.0. */
export type Reply =
  | { readonly result: Readonly<Record<string, unknown>> }
  | { readonly error: { readonly code: number; readonly message: string } };

/** How much of an answer is read. */
export interface ReplyLimits {
  readonly max_bytes: number;
  readonly memory: HeldMemory;
}

/**
 * Gives the reply to the request of this id: the content where that is JSON, the event that bears it where the
 * content is an event stream, which is not read further then. Or the problem of an answer that is neither, breaks
 * off, ends without it or is too large.
 */
export async function readReply(
  answer: UpstreamAnswer,
  id: number,
  limits: ReplyLimits,
): Promise<Reply | Problem> {
  const type = essence(fieldOf(answer.headers, 'content-type') ?? '');
  const coding = fieldOf(answer.headers, 'content-encoding')?.trim().toLowerCase() ?? 'identity';
  const isStream = type === 'text/event-stream';
  try {
    if (coding !== 'identity') return unfit('has a coding that was not asked for');
    if (!isStream && type !== 'application/json') return unfit('is neither JSON nor an event stream');
    return await found(answer, id, { ...limits, isStream });
  } catch (error) {
    if (error instanceof AnswerBroken) return error.problem;
    throw error;
  } finally {
    answer.content.destroy();
  }
}

async function found(
  { content }: UpstreamAnswer,
  id: number,
  { max_bytes, memory, isStream }: ReplyLimits & { readonly isStream: boolean },
): Promise<Reply | Problem> {
  const decoder = new TextDecoder();
  const readEvents = eventReader();
  let text = '';
  let bytes = 0;
  for await (const chunk of content) {
    const { length } = chunk as Buffer;
    bytes += length;
    if (bytes > max_bytes) return unfit(`is over ${max_bytes} bytes (max_response_bytes)`);
    if (!memory.grow(length)) return memoryFull();
    const piece = decoder.decode(chunk as Buffer, { stream: true });
    if (!isStream) {
      text += piece;
      continue;
    }
    for (const event of readEvents(piece)) {
      const reply = replyOf(parsed(event), id);
      if (reply !== null) return reply;
    }
  }
  if (isStream) return unfit('ended without a reply');
  return replyOf(parsed(text), id) ?? unfit('is no reply to what was asked');
}

/** What is nested deeper than anything follows it is none. */
function parsed(text: string): unknown {
  if (isDeepJson(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Notifications and requests of the server are let pass: nothing was offered to it that it could ask for. */
function replyOf(message: unknown, id: number): Reply | null {
  if (!isMapping(message) || message['id'] !== id) return null;
  const { result, error } = message;
  if (isMapping(result)) return { result };
  if (!isMapping(error)) return null;
  const { code, message: said } = error;
  return {
    error: {
      code: typeof code === 'number' ? code : 0,
      message: typeof said === 'string' ? said : 'the server told of an error without a message',
    },
  };
}

/** Gives the first value of a field of raw headers, null without one. */
export function fieldOf(headers: readonly Buffer[], name: string): string | null {
  const at = headers.findIndex(
    (field, index) => index % 2 === 0 && field.toString('latin1').toLowerCase() === name,
  );
  return at < 0 ? null : (headers[at + 1]?.toString('latin1') ?? null);
}

function unfit(why: string): Problem {
  return new Problem('upstream_protocol', `the answer of the MCP server ${why}`);
}

/** What a call is answered where the process holds as much as it may. */
export function memoryFull(): Problem {
  return new Problem(
    'memory_budget',
    'calls under way hold as much memory as they may (invoke_memory_max): try again',
    { headers: ['Retry-After', '1'] },
  );
}
