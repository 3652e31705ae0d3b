import { connectionNominated } from '../../table/rules/connection-nominated.ts';
import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import { FRAMING, HOP_BY_HOP } from '../../table/rules/hop-by-hop.ts';
import type { Redact } from './redact.ts';
import { rewriteLink, rewriteLocation } from './rewrite-links.ts';
import type { Asked, LinkBase } from './rewrite-links.ts';

/** What is done with the headers of a connection's answers. */
export interface RelayPlan {
  readonly cookies: 'drop' | 'forward';
  /** null: links are left as they are. */
  readonly links: LinkBase | null;
  readonly redact: Redact;
}

/** Never relayed: those of one socket, and those that would act on the gateway's own origin, not on the upstream's. */
const DROPPED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  ...FRAMING,
  'alt-svc',
  'strict-transport-security',
  'clear-site-data',
  'service-worker-allowed',
]);

/** The headers to relay, and the length of the content where the upstream told it. */
export interface RelayedHeaders {
  /** Flat, framing left out. */
  readonly headers: string[];
  readonly contentLength: string | null;
}

/** The upstream used a transfer coding that nobody here takes off: its content would arrive as something else. */
class UnknownTransferCoding extends Error {
  readonly code = 'HPE_INVALID_TRANSFER_ENCODING';
}

/**
 * Gives the headers of an answer that reach the caller: their order, spelling and repeats kept. Throws
 * where the content has another transfer coding than chunked (RFC 9112 6.1).
 */
export function relayHeaders(raw: readonly Buffer[], plan: RelayPlan, asked: Asked): RelayedHeaders {
  const headers: string[] = [];
  let contentLength: string | null = null;
  let nominated: string[] | null = null;
  for (let at = 0; at < raw.length; at += 2) {
    const name = latin1(raw[at]);
    const folded = foldHeaderName(name);
    // Only the field itself frames the content: `Content_Length` is another, and would frame it anew.
    const exact = name.toLowerCase();
    if (exact === 'content-length') contentLength = latin1(raw[at + 1]);
    else if (exact === 'transfer-encoding') checkTransferCoding(latin1(raw[at + 1]));
    else if (folded === 'connection')
      nominated = [...(nominated ?? []), ...connectionNominated(latin1(raw[at + 1]))];
    else if (!isDropped(folded, plan)) {
      const value = relayValue({ folded, value: latin1(raw[at + 1]) }, plan, asked);
      if (value !== null) headers.push(name, value);
    }
  }
  return { headers: withoutNominated(headers, nominated), contentLength };
}

function checkTransferCoding(value: string): void {
  if (value.trim().toLowerCase() !== 'chunked') throw new UnknownTransferCoding();
}

/** Gives the trailers of an answer that reach the caller: all but framing, hop-by-hop and dropped names. */
export function relayTrailers(raw: readonly Buffer[], plan: RelayPlan, asked: Asked): [string, string][] {
  const trailers: [string, string][] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = latin1(raw[at]);
    const folded = foldHeaderName(name);
    if (folded === 'content-length' || isDropped(folded, plan)) continue;
    const value = relayValue({ folded, value: latin1(raw[at + 1]) }, plan, asked);
    if (value !== null) trailers.push([name, value]);
  }
  return trailers;
}

function latin1(bytes: Buffer | undefined): string {
  return bytes === undefined ? '' : bytes.toString('latin1');
}

function isDropped(folded: string, plan: RelayPlan): boolean {
  if (DROPPED.has(folded) || folded.startsWith('gateway-')) return true;
  return plan.cookies === 'drop' && (folded === 'set-cookie' || folded === 'set-cookie2');
}

interface Field {
  readonly folded: string;
  readonly value: string;
}

/** Bytes beyond ASCII, which no URL has: resolving one would encode them, out of the redaction's sight. */
const NOT_ASCII = /[\x80-\xff]/;

/** Gives the value to relay; null where the field is not. */
function relayValue({ folded, value }: Field, { links, redact }: RelayPlan, asked: Asked): string | null {
  if (links === null || !LINKS.has(folded)) return redact(value);
  const link = NOT_ASCII.test(value) ? redact(value) : value;
  const rewritten = folded === 'link' ? rewriteLink(link, links, asked) : rewriteLocation(link, links, asked);
  return rewritten === null ? null : redact(rewritten);
}

/** Folded names of the fields whose URLs are rewritten. */
const LINKS: ReadonlySet<string> = new Set(['link', 'location', 'content-location']);

function withoutNominated(headers: string[], nominated: readonly string[] | null): string[] {
  if (nominated === null || nominated.length === 0) return headers;
  const kept: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (!nominated.includes(foldHeaderName(name))) kept.push(name, headers[at + 1] ?? '');
  }
  return kept;
}
