import { essence } from '../../../table/rules/media-type.ts';
import type { WholeAnswer } from '../../6-forward/fetch-whole.ts';
import { transient } from './types.ts';
import type { Failure, Json } from './types.ts';

/**
 * Gives what an answer holds: JSON, or a form as an object of texts, whichever it is, for vendors label either
 * wrongly. undefined where it is neither.
 */
export function readContent({ body, header }: Pick<WholeAnswer, 'body' | 'header'>): Json | undefined {
  const text = body
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trim();
  if (/^[[{]/.test(text)) {
    try {
      return JSON.parse(text) as Json;
    } catch {
      return undefined;
    }
  }
  const type = essence(header('content-type') ?? '');
  const labelled = type === 'application/x-www-form-urlencoded' || type === 'text/plain';
  return labelled && /^[\w.~%+-]+=[^\s<>]*$/.test(text) ? readForm(text) : undefined;
}

function readForm(text: string): Json {
  const members: [string, string][] = [];
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(text)) {
    // RFC 6749 3.2: no parameter more than once. The first is what a strict reader would have taken.
    if (!seen.has(name)) members.push([name, value]);
    seen.add(name);
  }
  return Object.fromEntries(members);
}

/** The longest time that an authorization server may ask us to wait. */
const RETRY_AFTER_MAX_MS = 60 * 60 * 1000;

/**
 * Gives how long an answer asks to wait (RFC 9110 10.2.3), in milliseconds; null where it does not ask. A date is
 * read against the answer's own Date: the clocks of two machines need not agree.
 */
export function retryAfter({ header }: Pick<WholeAnswer, 'header'>, now: number): number | null {
  const written = header('retry-after')?.trim() ?? '';
  if (written === '') return null;
  const sent = Date.parse(header('date') ?? '');
  const asked_ms = /^\d+$/.test(written)
    ? Number(written) * 1000
    : Date.parse(written) - (Number.isNaN(sent) ? now : sent);
  return Number.isNaN(asked_ms) ? null : Math.min(Math.max(asked_ms, 0), RETRY_AFTER_MAX_MS);
}

/** Gives the failure that a status is by itself, whatever the answer holds; null where its content has to be read. */
export function statusFailure(answer: WholeAnswer, now: number): Failure | null {
  const { status } = answer;
  const retry_after_ms = retryAfter(answer, now);
  if (status >= 300 && status < 400) return transient('redirected', { retry_after_ms });
  if (status === 429) return transient('rate_limited', { retry_after_ms });
  if (status >= 500) return transient('server_failed', { retry_after_ms });
  return null;
}
