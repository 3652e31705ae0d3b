import { essence, isJsonType, isMediaType } from '../../table/rules/media-type.ts';

/** What can be told of content: `json` parsed, `text` as it is, `binary` not; `unsaid` is for its bytes to say. */
export type ContentKind = 'json' | 'text' | 'binary' | 'unsaid';

/** Text by other names than `text/*`. */
const TEXT_TYPE =
  /^text\/|\+(?:xml|yaml)$|^application\/(?:xml|xml-dtd|yaml|x-yaml|x-ndjson|ndjson|jsonl|x-jsonlines|jsonlines|json-seq|graphql|csv|toml|sql|x-www-form-urlencoded|javascript|x-javascript|ecmascript|x-sh|rtf|problem\+xml)$/;

/** Gives what content of a media type is; one that cannot be read as a media type says nothing. */
export function contentKind(contentType: string | null): ContentKind {
  if (contentType === null || !isMediaType(contentType.trim())) return 'unsaid';
  const type = essence(contentType);
  if (isJsonType(type)) return 'json';
  return TEXT_TYPE.test(type) ? 'text' : 'binary';
}

/** Tells whether bytes of which nobody said what they are can be told as text: UTF-8 without NUL. */
export function isText(bytes: Buffer): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Gives how many bytes of what was cut somewhere are whole characters of UTF-8. */
export function wholeCharacters(bytes: Buffer): number {
  // The last byte that begins a character: bytes 10xxxxxx go on with one, and none is longer than four.
  let start = bytes.length - 1;
  while (start >= 0 && bytes.length - start < 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  const first = bytes[start] ?? 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return bytes.length - start < length ? Math.max(0, start) : bytes.length;
}

/** Gives bytes as text by the charset of their media type (UTF-8 where it says none that is known), without a byte order mark. */
export function decodeText(bytes: Buffer, charset: string | null): string {
  return decoderOf(charset ?? 'utf-8').decode(bytes);
}

function decoderOf(charset: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder('utf-8');
  }
}
