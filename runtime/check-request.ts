import type { Admitted } from './admit.ts';
import type { CheckedForLog, Exchange, ExchangeRecord } from './exchange.ts';
import { CallerBody, readUpTo } from './6-forward/caller-body.ts';
import type { BodyLimits } from './6-forward/caller-body.ts';
import type { KnownOperation } from './load/operation-lookup.ts';
import { Problem } from './problem.ts';
import { isKnownCoding } from './validate/decode-content.ts';
import { joinFaults, oneFault } from './validate/request-fault.ts';
import type { Faults } from './validate/request-fault.ts';
import { checkContent, checkHead } from './validate/request-validation.ts';
import type { CheckedContent, CheckedHead, RequestValidation } from './validate/request-validation.ts';

/**
 * A request that may be sent: with its body where that was read for checking (whole, or as a stream that has
 * all of it where it was too long), null where it was not touched. Or the problem that answers it.
 */
export type CheckedRequest = { readonly body: Buffer | CallerBody | null } | Problem;

/** What a request is checked with. */
export interface Checking {
  readonly validation: RequestValidation;
  readonly operation: KnownOperation;
  readonly content: ContentToCheck;
}

/** The content of a request that is checked. */
export interface ContentToCheck {
  /** Whether whoever sends it waits to be told to. */
  readonly held: boolean;
  /** Gives it whole, or null and what of it goes on as a stream where it is longer than `max` bytes. */
  readonly read: (
    max: number,
  ) => Promise<{ readonly whole: Buffer } | { readonly stream: CallerBody | Buffer }>;
}

/** Gives the content of an exchange: the caller's, told to send it when it is read. */
export function exchangeContent(exchange: Exchange, admitted: Admitted): ContentToCheck {
  return {
    held: exchange.awaitsContinue,
    read: async (max) => {
      letContinue(exchange);
      const stream = new CallerBody(exchange.request, bodyLimits(exchange, admitted));
      const whole = await readUpTo(stream, max);
      return whole === null ? { stream } : { whole };
    },
  };
}

/**
 * Checks a request against its operation. Under `warn` it is always sent and the log tells what was found;
 * under `enforce` nothing is sent unless everything was looked at and found right. The bytes that go on are
 * the caller's, whatever was decoded to look at them. Rejects with a CallerFault, or a TableError.
 */
export async function checkRequest(
  record: ExchangeRecord,
  admitted: Admitted,
  { validation, operation, content }: Checking,
): Promise<CheckedRequest> {
  const { framing, headers, rest } = admitted;
  const described = { record: operation.record, entry: operation.matched.description.entry };
  const source = { rest, template: operation.template, headers };
  const hasBody = framing.kind !== 'none' && !(framing.kind === 'length' && framing.bytes === 0);
  const head = await checkHead(validation, described, source, hasBody);
  const enforced = validation.mode === 'enforce';
  // Who waits to be told to continue learns what is wrong before it sends its content.
  if (enforced && head.faults.count > 0 && (head.body === null || content.held))
    return concluded(record, enforced, head.faults) ?? { body: null };
  if (head.body === null) {
    const problem = concluded(record, enforced, head.faults);
    // Neither read nor refused: what a description says of XML or of files is for the upstream to judge.
    if (head.unread) record.checked = forLog('unchecked', head.faults, 'media_type');
    return problem ?? { body: null };
  }
  const unreadable = unreadableBecause(head, admitted, validation);
  if (unreadable !== null) return unlooked(record, unreadable, { enforced, head, body: null });
  const { bodyMaxBytes } = validation;
  const read = await content.read(bodyMaxBytes);
  if ('stream' in read)
    return unlooked(record, { why: 'size', bodyMaxBytes }, { enforced, head, body: read.stream });
  const found = await checkContent(validation, described, head, read.whole);
  if ('undecoded' in found) {
    const why = WHY[found.undecoded];
    if (why !== null) return unlooked(record, { why, bodyMaxBytes }, { enforced, head, body: read.whole });
  }
  const faults = joinFaults([head.faults, contentFaults(found)]);
  return concluded(record, enforced, faults) ?? { body: read.whole };
}

type Undecoded = Extract<CheckedContent, { undecoded: string }>['undecoded'];

/** What content that cannot be decoded comes to: not looked at, or a fault of the content (null). */
const WHY: Readonly<Record<Undecoded, Unread['why'] | null>> = {
  unsupported: 'encoding',
  too_large: 'decoded_size',
  malformed: null,
};

function contentFaults(found: CheckedContent): Faults {
  if ('faults' in found) return found.faults;
  const expected = 'content that its Content-Encoding decodes';
  return oneFault({ in: 'body', name: null, pointer: '', expected });
}

/** Why content was not looked at. */
interface Unread {
  readonly why: 'size' | 'encoding' | 'decoded_size';
  readonly bodyMaxBytes: number;
}

function unreadableBecause(
  { contentEncoding }: CheckedHead,
  { framing }: Admitted,
  { bodyMaxBytes }: RequestValidation,
): Unread | null {
  if (framing.kind === 'length' && framing.bytes > bodyMaxBytes) return { why: 'size', bodyMaxBytes };
  return isKnownCoding(contentEncoding) ? null : { why: 'encoding', bodyMaxBytes };
}

interface Sent {
  readonly enforced: boolean;
  readonly head: CheckedHead;
  readonly body: Buffer | CallerBody | null;
}

/** Content that was not looked at is refused under `enforce`, and told under `warn`. */
function unlooked(record: ExchangeRecord, unread: Unread, { enforced, head, body }: Sent): CheckedRequest {
  record.checked = forLog('unchecked', head.faults, unread.why);
  if (!enforced) return { body };
  switch (unread.why) {
    case 'size':
      return new Problem(
        'body_too_large',
        `the request body is over ${unread.bodyMaxBytes} bytes, and validate: enforce looks at all of it (limits.validate_body_max)`,
      );
    case 'decoded_size':
      return new Problem(
        'body_too_large',
        'the decoded request body is over ten times what was sent, or over 10 MiB',
      );
    case 'encoding':
      return new Problem(
        'content_encoding_unsupported',
        'validate: enforce looks into bodies without Content-Encoding, or with one of gzip, deflate and br',
        { headers: ['Accept-Encoding', 'gzip, deflate, br'] },
      );
  }
}

/** Tells the log, and gives the problem of faults under `enforce`. */
function concluded(record: ExchangeRecord, enforced: boolean, faults: Faults): Problem | null {
  const { told, count } = faults;
  record.checked = forLog(count === 0 ? 'valid' : 'faulty', faults, null);
  if (!enforced || count === 0) return null;
  const said =
    count > told.length
      ? `over ${told.length} faults, the first of which are told`
      : count === 1
        ? 'one fault'
        : `${count} faults`;
  return new Problem(
    'request_invalid',
    `the request is not as the description of ${record.operation ?? 'its operation'} has it: ${said}`,
    { faults: told },
  );
}

function forLog(
  validation: CheckedForLog['validation'],
  { told, count }: Faults,
  unchecked: string | null,
): CheckedForLog {
  const faulty = told.map((fault) => (fault.name === null ? fault.in : `${fault.in} ${fault.name}`));
  return { validation, faults: count, faulty: [...new Set(faulty)], unchecked };
}

/** Tells a caller that waits for it to send its content. */
export function letContinue(exchange: Exchange): void {
  if (!exchange.awaitsContinue) return;
  exchange.awaitsContinue = false;
  exchange.response.writeContinue();
}

/** The limits on how the body of an exchange comes in. */
export function bodyLimits({ snapshot }: Exchange, { route }: Admitted): BodyLimits {
  return {
    body_idle_timeout_ms: snapshot.limits.body_idle_timeout_ms,
    body_max_bytes: route.connection.limits.body_max_bytes,
  };
}
