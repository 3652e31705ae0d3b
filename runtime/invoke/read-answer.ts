import { isDeepJson } from '../validate/check-body.ts';
import type { UpstreamAnswer } from '../call-upstream.ts';
import type { ExchangeRecord } from '../exchange.ts';
import type { Redact } from '../7-relay/redact.ts';
import { behindConnection } from '../7-relay/rewrite-links.ts';
import { headerValues, toldHeaders } from './answer-headers.ts';
import type { BuiltCall } from './build-call.ts';
import { beginning, codingOf, collectContent } from './collect-content.ts';
import type { CollectedContent } from './collect-content.ts';
import { brokenBecause, notInlineable } from './content-error.ts';
import { contentKind, decodeText, isText, wholeCharacters } from './content-kind.ts';
import type { ContentKind } from './content-kind.ts';
import type { OpenedCall } from './open-call.ts';
import { headerParameter } from '../../table/rules/media-type.ts';
import { readPagination } from './read-pagination.ts';
import { redactJson } from '../7-relay/redact-json.ts';
import type { InvokeAnswer, Pagination } from './types.ts';

/** Gives the answer of a call when it is whole, cut at a limit, or broken off: whatever came is in it. */
export async function readAnswer(record: ExchangeRecord, opened: OpenedCall): Promise<InvokeAnswer> {
  const { status, headers, content, admitted } = opened.answer;
  const { redact } = admitted.route.relay;
  const media = mediaOf(opened.answer);
  const told = await toldContent(opened, media, redact);
  content.destroy();
  // What is told in the answer is told of the exchange, but that the caller did not wait for the rest.
  if (told.error !== undefined && told.error.code !== 'body_not_inlineable' && !record.gone)
    record.problem = told.error.code;
  return {
    status,
    resolved_path: redact(admitted.asked.path),
    headers: toldHeaders(headers, redact),
    ...told,
    duration_ms: Math.round(performance.now() - record.started_ms),
  };
}

type ToldContent = Pick<InvokeAnswer, 'body' | 'body_truncated' | 'hint' | 'pagination' | 'error'>;

async function toldContent(opened: OpenedCall, media: AnswerMedia, redact: Redact): Promise<ToldContent> {
  const { answer, call, memory } = opened;
  const { status, admitted } = answer;
  // Before more than its beginning is read: it could be of any size.
  if (media.kind === 'binary' && (await beginning(answer.content)) !== null)
    return { body: null, error: notInlineable(status, media) };
  const max = admitted.route.connection.limits.max_response_bytes;
  const content = await collectContent(answer.content, media.coding, { max, memory });
  const { cut, broken } = content;
  // What was cut may end within a character.
  const partial = cut !== null || broken !== null;
  const bytes = partial ? content.bytes.subarray(0, wholeCharacters(content.bytes)) : content.bytes;
  if (media.kind === 'unsaid' && !isText(bytes)) {
    const size = partial ? null : bytes.length;
    return { body: null, error: notInlineable(status, { ...media, size }) };
  }
  const read = bodyOf(bytes, media, partial);
  const pagination = paginationOf(opened, read.isJson ? read.value : null, redact);
  return {
    body: redactBody(read, partial ? (text) => redact(text, true) : redact),
    ...(cut === null ? {} : { body_truncated: true as const, hint: narrowing(bytes.length, cut, call) }),
    ...(pagination === null ? {} : { pagination }),
    ...(broken === null ? {} : { error: brokenBecause(broken) }),
  };
}

interface AnswerMedia {
  readonly kind: ContentKind;
  readonly contentType: string | null;
  readonly coding: string | null;
  /** Of the content as it came, where it was said and is not encoded. */
  readonly size: number | null;
}

function mediaOf({ headers }: UpstreamAnswer): AnswerMedia {
  const [contentType = null] = headerValues(headers, 'content-type');
  const coding = codingOf(headerValues(headers, 'content-encoding').join(', '));
  const [length = ''] = headerValues(headers, 'content-length');
  return {
    kind: coding === 'unknown' ? 'binary' : contentKind(contentType),
    contentType,
    coding,
    size: coding === null && /^\d{1,15}$/.test(length) ? Number(length) : null,
  };
}

/** A body as it was read. */
type ReadBody =
  | { readonly isJson: true; readonly value: unknown; readonly text: string }
  | { readonly isJson: false; readonly text: string };

function bodyOf(bytes: Buffer, { kind, contentType }: AnswerMedia, partial: boolean): ReadBody {
  const text = decodeText(bytes, contentType === null ? null : headerParameter(contentType, 'charset'));
  // What is nested deeper than anything follows it stays text, and so does what is not whole.
  if (kind === 'text' || partial || text === '' || isDeepJson(text)) return { isJson: false, text };
  try {
    return { isJson: true, value: JSON.parse(text) as unknown, text };
  } catch {
    return { isJson: false, text };
  }
}

function redactBody(read: ReadBody, redact: Redact): unknown {
  if (read.text === '') return null;
  if (!read.isJson) return redact(read.text);
  // A secret may be written with escapes; where there are none, one look at all of it is enough.
  const clean = !read.text.includes('\\') && redact(read.text) === read.text;
  return clean ? read.value : redactJson(read.value, redact);
}

function paginationOf({ answer, call }: OpenedCall, body: unknown, redact: Redact): Pagination | null {
  const { admitted, headers } = answer;
  const { links, places } = admitted.route;
  const origin = places.reveal()[admitted.asked.upstream]?.origin ?? '';
  const found = readPagination({
    links: headerValues(headers, 'link'),
    body,
    from: origin + admitted.asked.path,
    behindConnection: (url) => (links === null ? null : behindConnection(url, links)),
    owned: call.owned,
  });
  return found === null ? null : (redactJson(found, redact) as Pagination);
}

/** Parameters by which APIs give less. */
const NARROWING =
  /^\$?(?:limit|per_?page|page_?size|max_?results|max_?records|count|first|top|size|fields|select|filter)(?:\[\])?$/i;

function narrowing(bytes: number, cut: CollectedContent['cut'], { operation }: BuiltCall): string {
  const names = (operation?.record.parameters ?? [])
    .filter(({ in: place, name }) => place === 'query' && NARROWING.test(name))
    .map(({ name }) => name);
  const ask =
    names.length === 0
      ? 'ask for less, by a page size, a filter or fields'
      : `ask for less by ${names.join(', ')}`;
  const why =
    cut === 'memory'
      ? 'the memory of all calls is used up (invoke_memory_max)'
      : 'max_response_bytes of the connection';
  return `body is the first ${bytes} bytes, as text (${why}): ${ask}`;
}
