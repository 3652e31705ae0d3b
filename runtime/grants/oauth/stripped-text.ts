import { redactor } from '../../7-relay/redact.ts';
import { secretForms } from '../../7-relay/secret-forms.ts';
import { REDACTED } from '../../hidden.ts';
import type { Hidden } from '../../hidden.ts';

const LENGTH_MAX = 200;
/** As much of a text is read: redacting takes time for each of its characters, and servers send up to a megabyte. */
const READ_MAX = 4096;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g;

/**
 * Gives a text of an authorization server so that it can stand in a history or a log: what is secret taken out,
 * control characters as one space, at most 200 characters, and nothing at all of one that holds a URL, which
 * could lead whoever reads it elsewhere. null where nothing is left. It is never for callers.
 */
export function strippedText(text: string, secrets: Hidden<readonly string[]>): string | null {
  if (text.includes('://')) return REDACTED;
  const plain = withoutOpaque(plainText(text, secrets)).trim();
  return plain === '' ? null : plain.slice(0, LENGTH_MAX);
}

/** Gives the beginning of a server's text without control characters and without these secrets, in any of their forms. */
export function plainText(text: string, secrets: Hidden<readonly string[]>): string {
  const forms = secrets.reveal().flatMap(secretForms);
  // Where the text is cut, it may be in the middle of one: percent-encoded, that is three times as long.
  const longest = 3 * Math.max(0, ...forms.map(({ length }) => length));
  const read = text.slice(0, READ_MAX + longest);
  const redacted = redactor([secrets])(read);
  const kept = read === text ? redacted : redacted.slice(0, Math.max(0, redacted.length - longest));
  return kept.replace(CONTROL, ' ');
}

/** A run of characters of tokens that no word is as long as. */
const OPAQUE = /[\w.~+/=-]{32,}/g;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Takes out what looks like a token or a key: one that was replaced long ago is known to nobody here, and may still be
 * good. Ids by which a server's own log is searched stay.
 */
function withoutOpaque(text: string): string {
  return text.replace(OPAQUE, (run) => (/\d/.test(run) && !UUID.test(run) ? REDACTED : run));
}
