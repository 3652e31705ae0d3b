import type { MediaTypeRecord } from '../../table/operations.ts';
import { isScalar } from './plain-text.ts';
import type { FaultList } from './faults.ts';
import type { JsonObject } from './types.ts';
import { BRACKETED, BY_DEFAULT } from '../validate/read-style.ts';
import { writePairs } from './write-style.ts';

/**
 * Gives an object as form content. Each member by its encoding in the description; without one, what has members of
 * its own goes into brackets, and lists of plain values repeat the name where there is a description (which says
 * that by saying nothing), or get `[]` where there is none.
 */
export function writeForm(body: JsonObject, content: MediaTypeRecord | null, faults: FaultList): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    const encoding =
      content !== null && Object.hasOwn(content.encoding, name) ? content.encoding[name] : undefined;
    const json = /^application\/(?:[^;,]*\+)?json/.test(encoding?.content_type ?? '');
    const text = json && typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
    const style = encoding ?? (isNested(value) || content === null ? BRACKETED : BY_DEFAULT);
    const named = name.endsWith('[]') && !isNested(value) ? BY_DEFAULT : style;
    const written = writePairs(name, text, named, true);
    if ('expected' in written)
      faults.push({ in: 'body', name: null, pointer: `/${name}`, expected: written.expected });
    else pairs.push(...written.map((pair) => `${pair.name}=${pair.value}`));
  }
  return pairs.join('&');
}

/** Tells whether a value has values within that are more than text. */
function isNested(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return !Array.isArray(value) || value.some((element) => element !== null && !isScalar(element));
}
