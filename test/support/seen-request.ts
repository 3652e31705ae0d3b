import { expect } from 'vitest';
import type { RawRequest, RawUpstream } from './raw-upstream.ts';
import { GATEWAY_KEY } from './yaml-gateway.ts';

/** A request as an upstream saw it. */
export interface SeenRequest {
  /** `GET /v1/customers HTTP/1.1` */
  readonly line: string;
  /** All values of a field, in order; the name in any case. */
  field(name: string): string[];
  /** The content with its framing, as it came. Latin-1. */
  readonly body: string;
  /** The content, taken out of its chunks. UTF-8. */
  readonly content: string;
}

/** Takes apart what an upstream saw. */
export function seenRequest({ head, body }: RawRequest): SeenRequest {
  const [line = '', ...fields] = head.trimEnd().split('\r\n');
  return {
    line,
    field: (name) =>
      fields
        .filter((field) => field.toLowerCase().startsWith(`${name.toLowerCase()}:`))
        .map((field) => field.slice(name.length + 1).trim()),
    body,
    content: Buffer.from(
      /^transfer-encoding:/im.test(head) ? withoutChunks(body) : body,
      'latin1',
    ).toString(),
  };
}

function withoutChunks(body: string): string {
  const size = Number.parseInt(body, 16);
  const start = body.indexOf('\r\n') + 2;
  return size === 0 ? '' : body.slice(start, start + size) + withoutChunks(body.slice(start + size + 2));
}

/** Waits for the only request of an upstream, and holds that no byte of the gateway key came along. */
export async function onlyRequest(upstream: RawUpstream): Promise<SeenRequest> {
  const [request, ...more] = await upstream.waitForRequests(1);
  expect(more).toEqual([]);
  expect(upstream.received()).not.toContain(GATEWAY_KEY);
  return seenRequest(request as RawRequest);
}

/** Gives the bytes of a JSON answer. */
export function jsonAnswer(value: unknown, { status = 200, fields = [] as readonly string[] } = {}): string {
  const body = JSON.stringify(value);
  return [
    `HTTP/1.1 ${status} Answer`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...fields,
    '',
    body,
  ].join('\r\n');
}
