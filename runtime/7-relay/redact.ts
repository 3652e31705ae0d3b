import { REDACTED } from '../hidden.ts';
import type { Hidden } from '../hidden.ts';
import { decodings } from './decode-text.ts';
import type { DecodedText } from './decode-text.ts';
import { secretForms } from './secret-forms.ts';

/**
 * Gives a text with every injected secret in it replaced by `[redacted]`. `isCut`: there was more of the text, so what
 * could be the beginning of a secret at its end is replaced too.
 */
export type Redact = (value: string, isCut?: boolean) => string;

/** A beginning that has fewer characters tells too little to be told from ordinary text. */
const LEAST_CHARACTERS = 4;

/** How often an upstream may have encoded a secret: a URL within a URL within a URL, JSON within JSON. */
const ENCODINGS_MAX = 3;

/** Characters that one may take then: `\u0073` as JSON in JSON, all of it percent-encoded. */
const ENCODED_CHARACTERS = 108;

/** A form of a secret that is looked for, with `+` as a space. */
interface Form {
  readonly text: string;
  /**
   * What of it is looked for where a text is decoded from its left: an escape that begins before the form may take its
   * first characters.
   */
  readonly rest: string;
}

/**
 * Gives the redaction of a connection's secrets: as they are, in hex, within base64, and each of these
 * percent-encoded or escaped as in JSON, in any of the ways that encoders differ in (which characters, letter case, `+`
 * for a space, more than once).
 */
export function redactor(secrets: readonly Hidden<readonly string[]>[]): Redact {
  const all = new Set(secrets.flatMap((hidden) => hidden.reveal()).flatMap(secretForms));
  const texts = [...all].sort((a, b) => b.length - a.length);
  const shortest = texts.at(-1)?.length;
  if (shortest === undefined) return (value) => value;
  const forms = texts.map(formOf);
  const mayHold = beginningsOf(texts);
  // A `+` is looked into only where it could stand for what a secret has: base64 is full of them.
  const encoded = texts.some((text) => /[ +]/.test(text)) ? /[%\\+]/ : /[%\\]/;
  return (value, isCut = false) => {
    if (value.length < shortest && !isCut) return value;
    let redacted = value;
    if (mayHold(value))
      for (const text of texts) if (redacted.includes(text)) redacted = redacted.replaceAll(text, REDACTED);
    if (encoded.test(redacted)) redacted = redactEncoded(redacted, forms);
    return isCut ? redactBeginning(redacted, forms) : redacted;
  };
}

/** Texts that are no longer are looked through by themselves first: header values, one after another. */
const SHORT_CHARACTERS = 1024;
/** Two characters are told from others by so many of their bits. */
const PAIRS = 512;

/** Gives what tells whether a text may hold one of some, by how they begin: of most header values it rules out all. */
function beginningsOf(texts: readonly string[]): (value: string) => boolean {
  const begins = new Uint8Array(PAIRS);
  for (const text of texts) begins[pairAt(text, 0)] = 1;
  return (value) => {
    if (value.length > SHORT_CHARACTERS) return true;
    for (let at = 0; at + 1 < value.length; at += 1) if (begins[pairAt(value, at)] === 1) return true;
    return false;
  };
}

function pairAt(text: string, at: number): number {
  return (text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)) % PAIRS;
}

function formOf(given: string): Form {
  const text = spaced(given);
  return { text, rest: text.length < 12 ? text : text.slice(4) };
}

/** A `+` may be itself or a space: either counts as the other. */
function spaced(text: string): string {
  return text.includes('+') ? text.replaceAll('+', ' ') : text;
}

/** A text is decoded in parts: what that takes is given back with each. */
const PART_CHARACTERS = 512 * 1024;

/**
 * Gives text with every form replaced that stands there encoded. Bodies of megabytes come through here: the time that
 * it takes grows with the text, whatever is in it, and the memory does not.
 */
function redactEncoded(value: string, forms: readonly Form[]): string {
  const found: [start: number, end: number][] = [];
  // What stands across the end of a part stands whole in the next.
  const overlap = (forms[0]?.text.length ?? 0) * ENCODED_CHARACTERS;
  const size = Math.max(PART_CHARACTERS, 4 * overlap);
  for (let begin = 0; begin === 0 || begin + overlap < value.length; begin += size - overlap)
    for (const decoded of decodings(value.slice(begin, begin + size), ENCODINGS_MAX))
      // What stands there as it is was replaced before, but for a `+` in place of a space.
      if (decoded.times > 0 || decoded.text.includes('+'))
        findAt(forms, decoded, (start, end) => found.push([begin + start, begin + end]));
  return found.length === 0 ? value : replaced(value, found);
}

/** Tells where forms stand in a decoded text: the places of their beginnings and ends before that. */
function findAt(
  forms: readonly Form[],
  { text, placeOf }: DecodedText,
  tell: (start: number, end: number) => void,
): void {
  const within = spaced(text);
  for (const form of forms) {
    const before = form.text.length - form.rest.length;
    for (let at = within.indexOf(form.rest); at >= 0; at = within.indexOf(form.rest, at + 1)) {
      let start = at;
      while (start > at - before && start > 0 && within[start - 1] === form.text[before - (at - start) - 1])
        start -= 1;
      tell(placeOf(start), placeOf(at + form.rest.length));
    }
  }
}

function replaced(value: string, found: [start: number, end: number][]): string {
  found.sort(([one], [other]) => one - other);
  let redacted = '';
  let kept = 0;
  for (const [start, end] of found) {
    if (start > kept || kept === 0) redacted += `${value.slice(kept, start)}${REDACTED}`;
    kept = Math.max(kept, end);
  }
  return redacted + value.slice(kept);
}

/** What may be left of a character that was encoded when its text was cut. */
const HALF_ENCODED = /[%\\][%\\u0-9A-Fa-f]{0,108}$/;

/** Gives text without the beginning of a form that stands at its end, as it is or encoded. */
function redactBeginning(value: string, forms: readonly Form[]): string {
  let end = value.length;
  const begin = Math.max(0, end - (forms[0]?.text.length ?? 0) * ENCODED_CHARACTERS);
  for (const { text, placeOf } of decodings(value.slice(begin), ENCODINGS_MAX)) {
    const at = beginningOf(spaced(text), forms);
    if (at < text.length) end = Math.min(end, begin + placeOf(at));
  }
  return end === value.length ? value : `${value.slice(0, end)}${REDACTED}`;
}

/** Gives where the beginning of a form stands at the end of a text, but for half a character; its length where none does. */
function beginningOf(text: string, forms: readonly Form[]): number {
  const half = HALF_ENCODED.exec(text)?.[0] ?? '';
  const ends = [text.length];
  for (let at = text.length - half.length; at < text.length; at += 1)
    if (text[at] === '%' || text[at] === '\\') ends.push(at);
  let first = text.length;
  for (const end of ends)
    for (const form of forms) {
      const length = sharedLength(text, end, form);
      if (length > 0) first = Math.min(first, end - length);
    }
  return first;
}

/** Gives how many characters of a text, up to one of its places, are the beginning of a form; 0 where too few are. */
function sharedLength(text: string, end: number, form: Form): number {
  for (let length = Math.min(form.text.length, end); length >= LEAST_CHARACTERS; length -= 1) {
    const isLast = form.text[length - 1] === text[end - 1];
    if (isLast && text.startsWith(form.text.slice(0, length), end - length)) return length;
  }
  return 0;
}
