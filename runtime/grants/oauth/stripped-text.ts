const LENGTH_MAX = 200;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g;

/**
 * Gives a text of an authorization server so that it can stand in a history or a log: our secrets taken out,
 * control characters as one space, at most 200 characters, and nothing at all of one that holds a URL, which
 * could lead whoever reads it elsewhere. null where nothing is left. It is never for callers.
 */
export function strippedText(text: string, redact: (text: string) => string): string | null {
  if (text.includes('://')) return '[redacted]';
  const plain = redact(text).replace(CONTROL, ' ').trim();
  return plain === '' ? null : plain.slice(0, LENGTH_MAX);
}
