import type { Source } from '../source/source.ts';

const VALUE_AFTER_KEY = /^(?:\s*(?:-\s+)?["']?[\w.-]{1,64}["']?\s*:)(.*)$/;

/**
 * Keeps every value of a malformed file out of code frames. Nothing says which of its texts are secrets
 * when the file cannot be read, so only keys stay visible.
 */
export function hideLikelySecrets(source: Source): void {
  const lines = source.text.split('\n');
  let start = 0;
  for (const line of lines) {
    const after = VALUE_AFTER_KEY.exec(line)?.[1];
    const shownLength = after === undefined ? 0 : line.length - after.length;
    const rest = line.slice(shownLength);
    if (rest.trim() !== '') {
      const space = rest.length - rest.trimStart().length;
      source.hide({ start: start + shownLength + space, end: start + line.trimEnd().length });
    }
    start += line.length + 1;
  }
}
