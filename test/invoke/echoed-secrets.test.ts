import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerOf, startInvoking } from '../support/invoking.ts';
import type { Invoking } from '../support/invoking.ts';
import type { RawAnswer } from '../support/raw-upstream.ts';
import { CREDENTIALS, TEST_ENVIRONMENT } from '../support/table.ts';

// Secrets that an upstream says again, in every form that it may have made of them, and wherever it puts them.

const { SECRET, OTHER_SECRET } = TEST_ENVIRONMENT;

const hexOf = (text: string, before: string): string =>
  [...Buffer.from(text)]
    .map((byte) => before + byte.toString(16).padStart(before === '\\u' ? 4 : 2, '0'))
    .join('');
const within = (before: string, code: BufferEncoding) => (text: string) =>
  Buffer.from(`${before}${text}.`).toString(code);
const byUrl = encodeURIComponent;

const FORMS: Record<string, (secret: string) => string> = {
  'as it is': (text) => text,
  'percent-encoded': byUrl,
  'percent-encoded twice': (text) => byUrl(byUrl(text)),
  'percent-encoded, all of it': (text) => hexOf(text, '%'),
  'percent-encoded in capitals, twice': (text) => byUrl(hexOf(text, '%').toUpperCase()),
  'escaped in JSON': (text) => hexOf(text, '\\u'),
  'escaped in JSON in capitals': (text) => hexOf(text, '\\u').toUpperCase().replaceAll('\\U', '\\u'),
  'with its slashes escaped': (text) => text.replaceAll('/', '\\/').replaceAll('-', '\\u002d'),
  'escaped in JSON within JSON': (text) => hexOf(text, '\\u').replaceAll('\\', '\\\\'),
  'percent-encoded, in JSON within a URL': (text) => byUrl(hexOf(text, '\\u')),
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64 without padding': (text) => Buffer.from(text).toString('base64').replace(/=+$/, ''),
  'base64, one byte in': within('u', 'base64'),
  'base64, two bytes in': within('us', 'base64'),
  'base64, three bytes in': within('use', 'base64'),
  'base64 for URLs, one byte in': within(':', 'base64url'),
  'base64, percent-encoded': (text) => byUrl(within('user:', 'base64')(text)),
  hex: (text) => hexOf(text, ''),
  'hex in capitals': (text) => hexOf(text, '').toUpperCase(),
};

/** Ways that an answer may hold a text; each gives what of the call's answer has it. */
const PLACES: Record<string, (text: string) => Buffer> = {
  text: (text) => answerOf('200 OK', 'text/plain', `<${text}>`),
  JSON: (text) => answerOf('200 OK', 'application/json', JSON.stringify({ a: [{ b: `<${text}>` }] })),
  'a name in JSON': (text) => answerOf('200 OK', 'application/json', JSON.stringify({ [`<${text}>`]: 1 })),
  'a header': (text) => answerOf('302 Found', 'text/plain', '', `Location: /x?<${text}>`),
  'a body that is cut': (text) => answerOf('200 OK', 'text/plain', `<${text}>`.padEnd(3_000, '.')),
};

const ROWS = Object.keys(PLACES).flatMap((place) => Object.keys(FORMS).map((form) => ({ place, form })));

/** One gateway answers all rows. */
let sides: Invoking;
let answer: RawAnswer = '';

beforeAll(async () => {
  sides = await startInvoking({
    keep: true,
    answer: () => answer,
    connection: {
      credential: CREDENTIALS.bearer,
      static_headers: { 'X-Other': '$OTHER_SECRET' },
      limits: { max_response_bytes: 2_000 },
    },
  });
});

afterAll(() => sides.gateway.serving.close());

test.each(ROWS)('$place: $form', async ({ place, form }) => {
  for (const secret of [SECRET, OTHER_SECRET]) {
    const written = FORMS[form]?.(secret) ?? '';
    answer = PLACES[place]?.(written) ?? '';
    const called = await sides.invoke({ method: 'GET', path: '/a' });
    expect(called.status).toBe(200);
    const told = JSON.stringify([called.answer['body'], called.answer['headers']]);
    expect(told).toContain('[redacted]');
    // What is left of it is less than a piece that could be told from anything.
    for (let at = 0; at + 12 <= written.length; at += 1)
      expect(told).not.toContain(JSON.stringify(written.slice(at, at + 12)).slice(1, -1));
  }
});

/** Sends a head and half of the content, and the rest when that has come. */
const inTwo =
  (type: string, first: string, rest: string): RawAnswer =>
  ({ socket }) => {
    const length = first.length + rest.length;
    socket.write(
      `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${first}`,
      () => setImmediate(() => socket.write(rest)),
    );
  };

test('a secret that comes in two pieces', async () => {
  const { invoke, invokeRaw } = sides;
  answer = inTwo('text/plain', `<${SECRET.slice(0, 9)}`, `${SECRET.slice(9)}>`);
  expect((await invoke({ method: 'GET', path: '/a' })).answer['body']).toBe('<[redacted]>');
  // The bytes of a stream are the upstream's own: its length and coding hold for them.
  const raw = await invokeRaw({ method: 'GET', path: '/a' });
  expect(raw.content).toBe(`<${SECRET}>`);
});
