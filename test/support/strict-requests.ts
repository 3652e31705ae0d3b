/** One request, read by the letter of RFC 9112. */
export interface StrictRequest {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The content, its framing taken off. Latin-1. */
  readonly content: string;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const REQUEST_LINE = new RegExp(`^(${TOKEN}) (/[\\x21\\x22\\x24-\\x5b\\x5d-\\x7e]*) HTTP/1\\.1$`);
// oxlint-disable-next-line no-control-regex -- what a field value may hold, RFC 9110 5.5
const FIELD = new RegExp(`^(${TOKEN}): ?([\\x21-\\x7e\\x80-\\xff](?:[\\t\\x20-\\x7e\\x80-\\xff]*))?$`);

/**
 * Cuts bytes into requests and gives them. Throws for anything that two readers could cut in two ways: a
 * framing given twice, chunks out of form, a line that is no field, bytes left over. What a smuggler needs
 * is what this refuses.
 */
export function strictRequests(bytes: string): StrictRequest[] {
  const requests: StrictRequest[] = [];
  for (let rest = bytes; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`bytes that are no whole head: ${JSON.stringify(rest.slice(0, 80))}`);
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const line = REQUEST_LINE.exec(first);
    if (line === null) throw new Error(`not a request line: ${JSON.stringify(first)}`);
    const fields = lines.map(fieldOf);
    const { content, length } = contentOf(fields, rest.slice(end + 4));
    requests.push({ method: line[1] ?? '', target: line[2] ?? '', fields, content });
    rest = rest.slice(end + 4 + length);
  }
  return requests;
}

function fieldOf(line: string): [string, string] {
  const match = FIELD.exec(line);
  if (match === null) throw new Error(`not a field: ${JSON.stringify(line)}`);
  return [match[1] ?? '', match[2] ?? ''];
}

function contentOf(
  fields: readonly (readonly [string, string])[],
  rest: string,
): { content: string; length: number } {
  const framing = fields.filter(([name]) =>
    /^(?:content[^a-z0-9]length|transfer[^a-z0-9]encoding)$/i.test(name),
  );
  if (framing.length > 1) throw new Error('more than one framing');
  const hosts = fields.filter(([name]) => name.toLowerCase() === 'host');
  if (hosts.length !== 1) throw new Error(`${hosts.length} Host fields`);
  const [name, value] = framing[0] ?? ['', ''];
  if (name === '') return { content: '', length: 0 };
  if (name.toLowerCase() === 'content-length') {
    if (!/^(?:0|[1-9][0-9]*)$/.test(value)) throw new Error(`Content-Length ${value}`);
    if (rest.length < Number(value)) throw new Error('content is missing');
    return { content: rest.slice(0, Number(value)), length: Number(value) };
  }
  if (name.toLowerCase() !== 'transfer-encoding' || value !== 'chunked')
    throw new Error(`framing ${name}: ${value}`);
  return chunkedContent(rest);
}

function chunkedContent(rest: string): { content: string; length: number } {
  let content = '';
  let at = 0;
  for (;;) {
    const size = /^([0-9a-f]+)\r\n/i.exec(rest.slice(at));
    if (size === null) throw new Error(`not a chunk: ${JSON.stringify(rest.slice(at, at + 40))}`);
    const bytes = Number.parseInt(size[1] ?? '', 16);
    at += size[0].length;
    content += rest.slice(at, at + bytes);
    at += bytes;
    if (rest.slice(at, at + 2) !== '\r\n') throw new Error('a chunk without its end');
    at += 2;
    if (bytes === 0) return { content, length: at };
  }
}
