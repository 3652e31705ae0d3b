/** An encoding: percent-encoding (RFC 3986 2.1), or the escapes of JSON's strings (RFC 8259 7). */
type Encoding = 'percent' | 'json';
const ENCODINGS: readonly Encoding[] = ['percent', 'json'];

/** A part of a text, decoded some times. */
export interface DecodedText {
  readonly text: string;
  /** How often it was decoded. */
  readonly times: number;
  /** Gives where a character of it begins in the part as it was; of the one behind the last: where the part ends. */
  readonly placeOf: (at: number) => number;
}

/**
 * Gives a part of a text as it is, and after each way of decoding it, up to so many times. What one encoding left as it
 * is may be the other's, so each is taken off by itself; where a text has nothing of one, no more comes of that.
 */
export function* decodings(part: string, most: number): Generator<DecodedText> {
  yield { text: part, times: 0, placeOf: (at) => at };
  const { length } = part;
  const whole: Decoding = { codes: new Uint16Array(length), places: new Uint32Array(length + 1), length };
  for (let at = 0; at <= length; at += 1) {
    whole.codes[at] = part.charCodeAt(at);
    whole.places[at] = at;
  }
  yield* decodedFurther(whole, { times: 1, most });
}

function* decodedFurther(
  before: Decoding,
  { times, most }: { readonly times: number; readonly most: number },
): Generator<DecodedText> {
  for (const encoding of ENCODINGS) {
    const state = { ...before, codes: before.codes.slice(), places: before.places.slice() };
    if (!decodeOnce(state, encoding)) continue;
    yield { text: textOf(state), times, placeOf: (at) => state.places[at] ?? 0 };
    if (times < most) yield* decodedFurther(state, { times: times + 1, most });
  }
}

/** Characters as far as they are decoded, and where each began. */
interface Decoding {
  readonly codes: Uint16Array;
  readonly places: Uint32Array;
  length: number;
}

/** Whether numbers have their low byte first here, as the text of a Buffer has. */
const LOW_FIRST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function textOf({ codes, length }: Decoding): string {
  const bytes = Buffer.from(codes.buffer, 0, 2 * length);
  return (LOW_FIRST ? bytes : Buffer.from(bytes).swap16()).toString('utf16le');
}

const PERCENT = 0x25;
const BACKSLASH = 0x5c;

/** Decodes what is encoded, from the left; tells whether anything was. */
function decodeOnce(state: Decoding, encoding: Encoding): boolean {
  const { codes, places, length } = state;
  let written = 0;
  let at = 0;
  while (at < length) {
    const code = codes[at] ?? 0;
    let taken = 1;
    let decoded: number = code;
    if (code === PERCENT && encoding === 'percent' && at + 2 < length) {
      const value = hexOf(codes, at + 1, 2);
      if (value >= 0) [taken, decoded] = [3, value];
    } else if (code === BACKSLASH && encoding === 'json' && at + 1 < length) {
      const value = escapeOf(codes, at + 1, length);
      if (value >= 0) [taken, decoded] = [codes[at + 1] === U ? 6 : 2, value];
    }
    codes[written] = decoded;
    places[written] = places[at] ?? 0;
    written += 1;
    at += taken;
  }
  places[written] = places[length] ?? 0;
  state.length = written;
  return written < length;
}

const U = 0x75;

/** What follows a backslash and stands for something, by its code; -1 for what is no escape. */
const NAMED = new Int8Array(128).fill(-1);
for (const [name, code] of Object.entries({
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  '"': 0x22,
  '/': 0x2f,
  '\\': 0x5c,
}))
  NAMED[name.charCodeAt(0)] = code;

/** Gives the character that an escape means; -1 where it is none. */
function escapeOf(codes: Uint16Array, at: number, length: number): number {
  const code = codes[at] ?? 0;
  if (code === U) return at + 4 < length ? hexOf(codes, at + 1, 4) : -1;
  return code < 128 ? (NAMED[code] ?? -1) : -1;
}

/** Gives the value of so many hexadecimal digits; -1 where they are none. */
function hexOf(codes: Uint16Array, at: number, digits: number): number {
  let value = 0;
  for (let digit = at; digit < at + digits; digit += 1) {
    const code = codes[digit] ?? 0;
    const lower = code | 0x20;
    const isDigit = code >= 0x30 && code <= 0x39;
    if (!isDigit && (lower < 0x61 || lower > 0x66)) return -1;
    value = 16 * value + (isDigit ? code - 0x30 : lower - 0x57);
  }
  return value;
}
