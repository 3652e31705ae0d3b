import { essence } from '../../table/rules/media-type.ts';
import type { MediaTypeRecord } from '../../table/operations.ts';
import { bodyKind } from '../validate/check-body.ts';
import { isFile } from './write-multipart.ts';

/**
 * Gives the media type that a description has for a body of this form: JSON first, then a form, then multipart; for
 * a body with files multipart, for text and bytes what is none of the three. null where it says none that fits, and
 * then nothing is known of it.
 */
export function chooseType(
  content: readonly MediaTypeRecord[],
  body: unknown,
  form: BodyForm,
): string | null {
  const types = content
    .map(({ media_type }) => media_type)
    .filter((type) => !type.includes('*'))
    .sort(byNameJsonFirst);
  const ofKind = (kind: ReturnType<typeof bodyKind>): string | null =>
    types.find((type) => bodyKind(essence(type)) === kind) ?? null;
  if (form === 'bytes') return ofKind(null) ?? types[0] ?? null;
  if (form === 'text') {
    const isJson = typeof body === 'string' && isJsonText(body);
    return (isJson ? ofKind('json') : null) ?? ofKind(null) ?? ofKind('json') ?? types[0] ?? null;
  }
  const files = typeof body === 'object' && body !== null && Object.values(body).flat().some(isFile);
  if (files && ofKind('multipart') !== null) return ofKind('multipart');
  return ofKind('json') ?? ofKind('form') ?? ofKind('multipart') ?? types[0] ?? null;
}

/** What a body is given as. */
export type BodyForm = 'value' | 'text' | 'bytes';

function byNameJsonFirst(one: string, other: string): number {
  const rank = (type: string): number => (essence(type) === 'application/json' ? 0 : 1);
  return rank(one) - rank(other) || (one < other ? -1 : 1);
}

/** Tells whether a text is JSON. */
export function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
