import type { RetryHints } from '../../table/types.ts';
import type { RetryFields } from '../fields/catalog-fields.ts';
import { must } from './values.ts';

/** RFC 6585 4. */
const TOO_MANY_REQUESTS = 429;

/** Gives what is known of how an API says that it wants fewer requests, or null. */
export function lowerRetry(retry: RetryFields | undefined): RetryHints | null {
  if (retry === undefined) return null;
  const body = retry.body?.value;
  return {
    statuses: retry.statuses?.value?.map(must) ?? [TOO_MANY_REQUESTS],
    after: (retry.after?.value ?? []).map((element) => {
      const { header, format } = must(element);
      return { where: must(header), format: format?.value ?? 'seconds' };
    }),
    remaining: retry.remaining?.value ?? null,
    body: body === undefined ? null : { where: must(body.pointer), format: body.format?.value ?? 'seconds' },
  };
}
