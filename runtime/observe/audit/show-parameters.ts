import { essence, isJsonType } from '../../../table/rules/media-type.ts';
import { REDACTED } from '../../hidden.ts';

/** What of a request's parameters is not kept. */
export interface Hiding {
  /** Folded names whose values are not kept, beside the usual ones. */
  readonly names: ReadonlySet<string>;
  /** Gives a text without the secrets that are known. */
  readonly redact: (text: string) => string;
  /** Tells whether a text is a key of the gateway's own. */
  readonly isKey: (text: string) => boolean;
}

/** The content of a request, for what is kept of it. */
export interface AskedContent {
  readonly contentType: string | null;
  readonly body: Buffer;
}

/** Longer values are replaced by their size. */
const VALUE_MAX_BYTES = 16 * 1024;
/** All parameters of an exchange together. */
const ALL_MAX_CHARACTERS = 64 * 1024;
/** Longer contents are not looked into. */
const BODY_MAX_BYTES = 1024 * 1024;
const DEPTH_MAX = 32;

/** Names that say that the value is a secret, folded: anywhere in the name, at its end, or the whole of it. */
const WITHIN =
  /password|passwd|passphrase|secret|apikey|accesskey|privatekey|credential|authorization|signature|cookie|jwt/;
const AT_THE_END = /(?:token|pwd|auth|bearer|otp)$/;
const WHOLE: ReadonlySet<string> = new Set(['pass', 'pin', 'key', 'sig', 'code', 'cvc', 'cvv']);

/** Gives a name as names are compared: without case, `-`, `_` and `.`. */
export function foldName(name: string): string {
  return name.toLowerCase().replace(/[-_.\s]/g, '');
}

/** Gives the parameters of a request as JSON, secrets redacted by name and by value, or null where it has none. */
export function showParameters(query: string, content: AskedContent | null, hiding: Hiding): string | null {
  const shown: Record<string, unknown> = {};
  if (query !== '') shown['query'] = shownQuery(query, hiding);
  if (content !== null && content.body.length > 0) shown['body'] = shownBody(content, hiding);
  if (Object.keys(shown).length === 0) return null;
  const text = JSON.stringify(shown);
  return text.length <= ALL_MAX_CHARACTERS
    ? text
    : JSON.stringify({ omitted: sizeOf(Buffer.byteLength(text)) });
}

function shownQuery(query: string, hiding: Hiding): readonly (readonly [string, unknown])[] {
  return [...new URLSearchParams(query)].map(([name, value]) => [
    shownText(name, hiding),
    isSecretName(name, hiding) ? REDACTED : shownText(value, hiding),
  ]);
}

function shownBody({ contentType, body }: AskedContent, hiding: Hiding): unknown {
  if (!isJsonType(essence(contentType ?? '')) || body.length > BODY_MAX_BYTES) return sizeOf(body.length);
  try {
    return shownValue(JSON.parse(body.toString('utf8')), hiding, 0);
  } catch {
    return sizeOf(body.length);
  }
}

function shownValue(value: unknown, hiding: Hiding, depth: number): unknown {
  if (typeof value === 'string') return shownText(value, hiding);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return '[too deep]';
  if (Array.isArray(value)) return value.map((member) => shownValue(member, hiding, depth + 1));
  const members = Object.entries(value).map(([name, member]): [string, unknown] => [
    shownText(name, hiding),
    isSecretName(name, hiding) ? REDACTED : shownValue(member, hiding, depth + 1),
  ]);
  return Object.fromEntries(members);
}

function shownText(text: string, { redact, isKey }: Hiding): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > VALUE_MAX_BYTES) return sizeOf(bytes);
  return isKey(text) ? REDACTED : redact(withoutKeys(text, isKey));
}

/** A word of a length that a key of the gateway may have. */
const LONG_WORD = /[^\s"'`<>(),;]{32,}/g;

/** A key is one word, whatever stands around it: `Bearer …`, `key=…`, quotes, a full stop. */
function withoutKeys(text: string, isKey: Hiding['isKey']): string {
  return text.replace(LONG_WORD, (word) => {
    const before = ['=', ':', '/'].map((separator) => word.lastIndexOf(separator));
    const begins = new Set([0, word.search(/[=:/]/) + 1, Math.max(...before) + 1]);
    for (const whole of new Set([word, word.replace(/[.!?]+$/, '')])) {
      for (const begin of begins)
        if (isKey(whole.slice(begin))) return word.slice(0, begin) + REDACTED + word.slice(whole.length);
    }
    return word;
  });
}

function isSecretName(name: string, { names }: Hiding): boolean {
  const folded = foldName(name);
  return WITHIN.test(folded) || AT_THE_END.test(folded) || WHOLE.has(folded) || names.has(folded);
}

function sizeOf(bytes: number): string {
  return `[${bytes} bytes]`;
}
