import type { ServerResponse } from 'node:http';
import { relayHeaders, relayTrailers } from './relay-headers.ts';
import type { RelayPlan } from './relay-headers.ts';
import type { Asked } from './rewrite-links.ts';

/** Takes the answer of an upstream to its caller: head, content and trailers, with backpressure. */
export interface Relay {
  /** Writes the head. Throws where node finds it unfit for the wire. */
  head(status: number, reason: string, raw: readonly Buffer[]): void;
  /** Writes content. Gives whether to go on at once; otherwise `onDrain` is called when there is room. */
  data(chunk: Buffer): boolean;
  trailers(raw: readonly Buffer[]): void;
}

/** What a reason phrase may hold (RFC 9112 4). Another one is left out: it means nothing to anybody. */
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/;

/** What an exchange tells its relay. */
export interface RelayedExchange {
  readonly response: ServerResponse;
  readonly asked: Asked;
  /** There is room for content again. */
  readonly onDrain: () => void;
}

/** Gives the relay of one exchange. */
export function relay({ response, asked, onDrain }: RelayedExchange, plan: RelayPlan): Relay {
  let waiting = false;
  return {
    head: (status, reason, raw) => {
      const { headers, contentLength } = relayHeaders(raw, plan, asked);
      // RFC 9110 8.6: a 204 has no Content-Length.
      if (contentLength !== null && status !== 204) headers.push('Content-Length', contentLength);
      response.writeHead(status, REASON.test(reason) ? plan.redact(reason) : '', headers);
      // The head goes out now, not with the first content: an event stream may be silent for long. An
      // empty buffer, unlike flushHeaders, keeps header bytes from 0x80 on as they are.
      response.write(EMPTY);
    },
    data: (chunk) => {
      if (response.write(chunk)) return true;
      if (!waiting) {
        waiting = true;
        response.once('drain', () => {
          waiting = false;
          onDrain();
        });
      }
      return false;
    },
    trailers: (raw) => {
      // node writes them behind chunked content only, which is where they can stand.
      if (raw.length > 0) response.addTrailers(relayTrailers(raw, plan, asked));
    },
  };
}

const EMPTY = Buffer.alloc(0);
