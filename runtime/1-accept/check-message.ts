import type { IncomingMessage } from 'node:http';
import type { GatewayLimits } from '../../table/types.ts';
import { Problem } from '../problem.ts';
import { readFields } from './fields.ts';
import type { RequestFields } from './fields.ts';

/** How the content of a request is framed. `none` where there is none. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' };

/** A request whose message can be trusted: one framing, one host, nothing over a limit. */
export interface Message {
  readonly fields: RequestFields;
  readonly framing: Framing;
  /** The caller waits for 100 Continue. */
  readonly expectsContinue: boolean;
}

const NO_CONTENT: Framing = { kind: 'none' };
const CHUNKED: Framing = { kind: 'chunked' };
/** host [":" port] of RFC 3986 3.2.2, without the sub-delims that no host in use has. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%-]+)(?::[0-9]{1,5})?$/;

/**
 * Checks what node:http lets through and a gateway must not: duplicate or malformed Host, chunked in
 * HTTP/1.0, any coding but exactly `chunked`, both framings, other versions, fields that must stand once
 * (RFC 9112 3.2, 6.1, 6.3; the request smuggling cases of each). Gives the message, or the problem.
 */
export function checkMessage(request: IncomingMessage, limits: GatewayLimits): Message | Problem {
  const { httpVersion, method } = request;
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    return malformed(`the HTTP version is ${httpVersion}, not 1.0 or 1.1`);
  if (method === 'TRACE' || method === 'CONNECT')
    return new Problem('method_unsupported', `${method} is not supported`);
  const target = request.url ?? '';
  if (target.length > limits.target_max_bytes) {
    return new Problem(
      'target_too_large',
      `the request target is over ${limits.target_max_bytes} bytes (target_max)`,
    );
  }
  const fields = readFields(request, limits);
  if (fields instanceof Problem) return fields;
  return checkHost(fields, httpVersion) ?? checkUpgrade(fields) ?? checkFraming(fields, httpVersion);
}

function malformed(detail: string): Problem {
  return new Problem('message_malformed', detail);
}

function checkHost({ host }: RequestFields, version: string): Problem | null {
  if (host === null) return version === '1.1' ? malformed('no Host header') : null;
  return HOST.test(host) ? null : malformed('the Host header is not a host with an optional port');
}

function checkUpgrade({ upgrade }: RequestFields): Problem | null {
  if (
    upgrade === null ||
    !upgrade
      .toLowerCase()
      .split(',')
      .some((one) => one.trim() === 'websocket')
  )
    return null;
  return new Problem('upgrade_unsupported', 'WebSocket connections are not forwarded');
}

function checkFraming(fields: RequestFields, version: string): Message | Problem {
  const { contentLength, transferEncoding, expect } = fields;
  if (expect !== null && expect.toLowerCase() !== '100-continue') {
    return new Problem('expectation_failed', 'the only expectation that is understood is 100-continue');
  }
  const expectsContinue = expect !== null && version === '1.1';
  if (transferEncoding !== null) {
    if (contentLength !== null) return malformed('both Content-Length and Transfer-Encoding');
    if (version === '1.0') return malformed('Transfer-Encoding in HTTP/1.0');
    if (transferEncoding.toLowerCase() !== 'chunked')
      return malformed('a Transfer-Encoding other than chunked');
    return { fields, framing: CHUNKED, expectsContinue };
  }
  if (contentLength === null) return { fields, framing: NO_CONTENT, expectsContinue: false };
  if (!/^[0-9]{1,15}$/.test(contentLength)) return malformed('the Content-Length is not a number of bytes');
  return { fields, framing: { kind: 'length', bytes: Number(contentLength) }, expectsContinue };
}
