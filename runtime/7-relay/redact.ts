import { REDACTED } from '../hidden.ts';
import type { Hidden } from '../hidden.ts';

/**
 * Gives a text with every injected secret in it replaced by `[redacted]`. `isCut`: there was more of the text, so what
 * could be the beginning of a secret at its end is replaced too.
 */
export type Redact = (value: string, isCut?: boolean) => string;

/**
 * Shorter values are too common to be told from ordinary text: redacting them would garble answers and
 * hide nothing.
 */
const LEAST_CHARACTERS = 4;

/** How often an upstream may have percent-encoded a secret: a URL within a URL within a URL. */
const ENCODINGS_MAX = 3;

/**
 * Gives the redaction of a connection's secrets: as they are, and percent-encoded in any of the ways that
 * encoders differ in (which characters, letter case, `+` for a space, more than once).
 */
export function redactor(secrets: readonly Hidden<readonly string[]>[]): Redact {
  const forms = new Set<string>();
  for (const secret of secrets.flatMap((hidden) => hidden.reveal())) {
    // The header bytes are compared as Latin-1: as a header has the secret, and as UTF-8 has it.
    if (secret.length >= LEAST_CHARACTERS)
      forms.add(secret).add(Buffer.from(secret, 'utf8').toString('latin1'));
  }
  const sought = [...forms].sort((a, b) => b.length - a.length);
  if (sought.length === 0) return (value) => value;
  // A `+` is looked into only where it could stand for what a secret has: base64 is full of them.
  const encoded = sought.some((form) => /[ +]/.test(form)) ? /[%+]/ : /%/;
  return (value, isCut = false) => {
    let redacted = value;
    for (const form of sought) {
      if (redacted.includes(form)) redacted = redacted.replaceAll(form, REDACTED);
    }
    if (encoded.test(redacted)) redacted = redactEncoded(redacted, sought);
    return isCut ? redactBeginning(redacted, sought) : redacted;
  };
}

/** What may be left of a character that was encoded when its text was cut. */
const HALF_ENCODED = /^(?:%[%0-9A-Fa-f]{0,25})?$/;

/** Gives text without the beginning of a form that stands at its end, as it is or encoded. */
function redactBeginning(value: string, sought: readonly string[]): string {
  let end = value.length;
  for (const form of sought)
    for (let depth = 0; depth <= ENCODINGS_MAX; depth += 1)
      end = beginningOf({ text: value, form, depth }, end);
  return end === value.length ? value : `${value.slice(0, end)}${REDACTED}`;
}

/** Gives where the text's end begins to be the form's beginning; `otherwise` where it is not, or only behind that. */
function beginningOf({ text, form, depth }: Sought, otherwise: number): number {
  // Encoded once more, a character is at most three times as long.
  for (let start = Math.max(0, text.length - form.length * 3 ** depth); start < otherwise; start += 1) {
    const cursor = { at: start };
    let matched = 0;
    let behind = start;
    while (matched < form.length && spaced(read(text, cursor, depth)) === spaced(form.charCodeAt(matched))) {
      matched += 1;
      behind = cursor.at;
    }
    if (matched >= LEAST_CHARACTERS && HALF_ENCODED.test(text.slice(behind))) return start;
  }
  return otherwise;
}

/**
 * Gives text with every form replaced that stands there encoded: read from each place that it could begin at, as it
 * is after each number of decodings. Bodies of megabytes come through here: nothing is kept for a character.
 */
function redactEncoded(value: string, sought: readonly string[]): string {
  const found: [start: number, end: number][] = [];
  for (const form of sought) {
    // What stands there as it is was replaced before, but for a `+` in place of a space.
    for (let depth = /[ +]/.test(form) ? 0 : 1; depth <= ENCODINGS_MAX; depth += 1)
      find({ text: value, form, depth }, found);
  }
  if (found.length === 0) return value;
  found.sort(([one], [other]) => one - other);
  let redacted = '';
  let kept = 0;
  for (const [start, end] of found) {
    if (start > kept || kept === 0) redacted += `${value.slice(kept, start)}${REDACTED}`;
    kept = Math.max(kept, end);
  }
  return redacted + value.slice(kept);
}

interface Sought {
  readonly text: string;
  readonly form: string;
  /** How often the text is decoded. */
  readonly depth: number;
}

/** Adds where the form begins and ends in the text. */
function find({ text, form, depth }: Sought, found: [number, number][]): void {
  const first = spaced(form.charCodeAt(0));
  const cursor = { at: 0 };
  for (let start = 0; start < text.length; start += 1) {
    const code = text.charCodeAt(start);
    if (spaced(code) !== first && code !== PERCENT) continue;
    cursor.at = start;
    let matched = 0;
    while (matched < form.length && spaced(read(text, cursor, depth)) === spaced(form.charCodeAt(matched)))
      matched += 1;
    if (matched === form.length) found.push([start, cursor.at]);
  }
}

const PERCENT = 0x25;

/** A `+` may be itself or a space: either counts as the other. */
function spaced(code: number): number {
  return code === 0x2b ? 0x20 : code;
}

/** Reads one character of a text that is decoded so often; NaN at its end. */
function read(text: string, cursor: { at: number }, depth: number): number {
  if (depth === 0) {
    cursor.at += 1;
    return text.charCodeAt(cursor.at - 1);
  }
  const code = read(text, cursor, depth - 1);
  if (code !== PERCENT) return code;
  const behind = cursor.at;
  const high = hexDigit(read(text, cursor, depth - 1));
  const low = high < 0 ? -1 : hexDigit(read(text, cursor, depth - 1));
  if (low >= 0) return 16 * high + low;
  cursor.at = behind;
  return code;
}

/** Gives the value of a hexadecimal digit; -1 for any other character. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
