import { AnswerBroken } from '../call-upstream.ts';
import type { UpstreamAnswer } from '../call-upstream.ts';
import type { ExchangeRecord } from '../exchange.ts';
import type { Route } from '../load/snapshot.ts';
import { behindConnection } from '../7-relay/rewrite-links.ts';
import type { Redact } from '../7-relay/redact.ts';
import { isDeepJson } from '../validate/check-body.ts';
import { headerValues, toldHeaders } from './answer-headers.ts';
import type { BuiltCall } from './build-call.ts';
import { contentKind, decodeText, isText, wholeCharacters } from './content-kind.ts';
import type { OpenedCall } from './invoke.ts';
import { headerParameter } from './media-type.ts';
import { codingOf, ContentUndecodable, readContent } from './read-content.ts';
import type { ReadContent } from './read-content.ts';
import { readPagination } from './read-pagination.ts';
import { redactJson, redactText } from './redact-answer.ts';
import type { InvokeAnswer, InvokeError } from './types.ts';

/** Gives the answer of a call when it is whole, cut at a limit, or broken off: whatever came is in it. */
export async function readAnswer(record: ExchangeRecord, opened: OpenedCall): Promise<InvokeAnswer> {
  const { answer, call, memory } = opened;
  const { admitted } = answer;
  const { redact } = admitted.route.relay;
  const shown = {
    status: answer.status,
    resolved_path: redact(admitted.asked.path),
    headers: toldHeaders(answer.headers, redact),
  };
  const media = mediaOf(answer);
  const untold = media.kind === 'binary' && media.size !== 0 ? notInlineable(media, answer.status) : null;
  if (untold !== null) {
    // Not read: the call is broken off here.
    answer.content.destroy();
    return { ...shown, body: null, duration_ms: durationOf(record), error: untold };
  }
  const max = admitted.route.connection.limits.max_response_bytes;
  const content = await readContent(answer.content, media.coding, { max, memory });
  if (media.kind === 'unsaid' && !isText(content.bytes.subarray(0, wholeCharacters(content.bytes, content.bytes.length - (content.cut === null && content.broken === null ? 0 : 1))))) {
    const size = content.cut === null ? content.bytes.length : null;
    return { ...shown, body: null, duration_ms: durationOf(record), error: notInlineable({ ...media, size }, answer.status) };
  }
  const body = bodyOf(content, media, redact);
  const pagination = paginationOf(opened, body);
  return {
    ...shown,
    body,
    ...(content.cut === null ? {} : { body_truncated: true as const, hint: narrowing(content, call, max) }),
    ...(pagination === null ? {} : { pagination }),
    duration_ms: durationOf(record),
    ...(content.broken === null ? {} : { error: brokenBecause(content.broken) }),
  };
}
