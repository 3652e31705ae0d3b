import type { Redact } from '../7-relay/redact.ts';

/** The headers that are told, by their usual names. Set-Cookie, and what else is for one client, is not. */
const TOLD: ReadonlyMap<string, string> = new Map(
  [
    'Content-Type',
    'Content-Length',
    'Content-Encoding',
    'ETag',
    'Last-Modified',
    'Link',
    'Location',
    'Retry-After',
    'X-Total-Count',
    'X-RateLimit-Limit',
    'X-RateLimit-Remaining',
    'X-RateLimit-Reset',
  ].map((name) => [name.toLowerCase(), name]),
);

/** Gives every value of a header, in the order of its lines. Raw names and values in turn. */
export function headerValues(raw: readonly Buffer[], name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at < raw.length; at += 2)
    if (raw[at]?.toString('latin1').toLowerCase() === name)
      values.push(raw[at + 1]?.toString('latin1') ?? '');
  return values;
}

/** Gives the headers of an answer that are told, without secrets. */
export function toldHeaders(raw: readonly Buffer[], redact: Redact): Record<string, string[]> {
  const told = new Map<string, string[]>();
  for (let at = 0; at < raw.length; at += 2) {
    const name = TOLD.get(raw[at]?.toString('latin1').toLowerCase() ?? '');
    if (name === undefined) continue;
    const value = redact(raw[at + 1]?.toString('latin1') ?? '');
    told.set(name, [...(told.get(name) ?? []), value]);
  }
  return Object.fromEntries(told);
}
