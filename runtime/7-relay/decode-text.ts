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
export function decodings(part: string, most: number): Generator<DecodedText> {
  return decodedFurther({ text: part, times: 0, placeOf: (at) => at }, most);
}

function* decodedFurther(before: DecodedText, most: number): Generator<DecodedText> {
  yield before;
  if (before.times === most) return;
  for (const encoding of ENCODINGS) {
    const decoded = before.text.includes(encoding.mark) ? decodeOnce(before, encoding) : null;
    if (decoded !== null) yield* decodedFurther(decoded, most);
  }
}

/** How characters are encoded. */
interface Encoding {
  /** What each encoded one begins with. */
  readonly mark: string;
  /** Gives the character that is encoded behind a mark, and how many characters that takes; null where none is. */
  readonly read: (text: string, at: number) => { readonly code: number; readonly taken: number } | null;
}

/** Decodes what is encoded, from the left; null where nothing is. */
function decodeOnce({ text, times, placeOf }: DecodedText, { mark, read }: Encoding): DecodedText | null {
  const { length } = text;
  const codes = new Uint16Array(length);
  const places = new Uint32Array(length + 1);
  const marked = mark.charCodeAt(0);
  let written = 0;
  let at = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    const encoded = code === marked ? read(text, at + 1) : null;
    codes[written] = encoded?.code ?? code;
    places[written] = placeOf(at);
    written += 1;
    at += 1 + (encoded?.taken ?? 0);
  }
  if (written === length) return null;
  places[written] = placeOf(length);
  return { text: textOf(codes, written), times: times + 1, placeOf: (one) => places[one] ?? 0 };
}

/** Whether numbers have their low byte first here, as the text of a Buffer has. */
const LOW_FIRST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function textOf(codes: Uint16Array, length: number): string {
  const bytes = Buffer.from(codes.buffer, 0, 2 * length);
  return (LOW_FIRST ? bytes : Buffer.from(bytes).swap16()).toString('utf16le');
}

/** Percent-encoding (RFC 3986 2.1), and the escapes of JSON's strings (RFC 8259 7). */
const ENCODINGS: readonly Encoding[] = [
  { mark: '%', read: (text, at) => readHex(text, at, { digits: 2, before: 0 }) },
  { mark: '\\', read: readEscape },
];

const U = 0x75;

/** What follows a backslash and stands for something, by its code. */
const NAMED: readonly ({ readonly code: number; readonly taken: number } | null)[] = Array.from(
  { length: 128 },
  (_, name) => {
    const at = 'bfnrt"/\\'.indexOf(String.fromCharCode(name));
    return at < 0 ? null : { code: '\b\f\n\r\t"/\\'.charCodeAt(at), taken: 1 };
  },
);

function readEscape(text: string, at: number): ReturnType<Encoding['read']> {
  const code = text.charCodeAt(at);
  if (code === U) return readHex(text, at + 1, { digits: 4, before: 1 });
  return NAMED[code] ?? null;
}

/** Reads so many hexadecimal digits, behind some characters that were taken before; null where they are none. */
function readHex(
  text: string,
  at: number,
  { digits, before }: { readonly digits: number; readonly before: number },
): ReturnType<Encoding['read']> {
  let value = 0;
  for (let digit = at; digit < at + digits; digit += 1) {
    const code = text.charCodeAt(digit);
    const lower = code | 0x20;
    const isDigit = code >= 0x30 && code <= 0x39;
    if (!isDigit && !(lower >= 0x61 && lower <= 0x66)) return null;
    value = 16 * value + (isDigit ? code - 0x30 : lower - 0x57);
  }
  return { code: value, taken: before + digits };
}
