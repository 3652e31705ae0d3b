import type { Admitted } from './admit.ts';
import { isForm } from './5-credential/request-signer.ts';
import type { RequestSigner } from './5-credential/request-signer.ts';
import { CallerBody } from './6-forward/caller-body.ts';
import { forward } from './6-forward/forward.ts';
import type { AnswerSink, UpstreamCall } from './6-forward/forward.ts';
import { holdRefused } from './hold-refused.ts';

/** How a request goes out, and who takes its answer. */
export interface Sending {
  readonly body: Buffer | CallerBody | null;
  readonly sink: AnswerSink;
  /** In place of the connection's: for a call with a deadline of its own. */
  readonly call_timeout_ms?: number;
  /** Tells whether nobody waits for an answer any more. */
  readonly isOver: () => boolean;
  /** Told when the request goes out once more, with another credential. */
  readonly renewed: () => void;
}

/**
 * Sends an admitted request, its content framed. Where its credential can be renewed, the upstream answers 401 and all
 * of the request is still there, the answer waits: with another credential the request goes out once more, without one
 * the answer is taken as it came. What was streamed is gone: then the next request has the new credential.
 */
export function sendRequest(admitted: Admitted, sending: Sending): UpstreamCall {
  const { body, sink } = sending;
  const { renew } = admitted;
  if (renew === null) return sendOnce(admitted, sending, sink);
  if (body instanceof CallerBody) return sendOnce(admitted, sending, renewingForNext(sink, renew));
  let current: UpstreamCall | null = null;
  const again = (next: Admitted | null): void => {
    if (sending.isOver()) return;
    if (next === null) {
      holding.release();
      return;
    }
    current?.cancel();
    sending.renewed();
    current = sendOnce(next, sending, sink);
  };
  const holding = holdRefused(sink, {
    onRefused: () => {
      renew()
        .then(again)
        .catch((error: unknown) => {
          current?.cancel();
          sink.fail(error instanceof Error ? error : new Error('a credential could not be renewed'));
        });
    },
    onRelease: () => current?.resume(),
  });
  current = sendOnce(admitted, sending, holding);
  return { resume: () => current?.resume(), cancel: () => current?.cancel() };
}

function renewingForNext(sink: AnswerSink, renew: NonNullable<Admitted['renew']>): AnswerSink {
  return {
    ...sink,
    head: (status, reason, raw) => {
      if (status === 401) void renew();
      return sink.head(status, reason, raw);
    },
  };
}

function sendOnce(admitted: Admitted, { body, call_timeout_ms }: Sending, sink: AnswerSink): UpstreamCall {
  const { pool, method, path, headers, route } = admitted;
  if (route.signer !== null) headers.push('Authorization', signatureOf(admitted, route.signer, body));
  if (Buffer.isBuffer(body)) headers.push('Content-Length', String(body.length));
  const { limits } = route.connection;
  const timed = call_timeout_ms === undefined ? limits : { ...limits, call_timeout_ms };
  return forward(pool, { method, path, headers, body }, timed, sink);
}

/** Whoever admits a form that is signed sees to it that it is whole. */
function signatureOf(
  { method, path, headers, route, asked }: Admitted,
  signer: RequestSigner,
  body: Sending['body'],
): string {
  const origin = route.places.reveal()[asked.upstream]?.origin ?? '';
  const form = isForm(headers) && Buffer.isBuffer(body) ? body.toString('utf8') : null;
  return signer({ method, url: origin + path, form }).reveal();
}
