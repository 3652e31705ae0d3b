import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

interface Book {
  readonly id: string;
  readonly title: string;
  readonly author?: string;
}

/** A request as the sample API saw it. */
export interface SeenRequest {
  readonly line: string;
  /** Flat: name, value. */
  readonly headers: readonly string[];
}

/** The largest request body that the sample API reads. */
const BODY_MAX_BYTES = 64 * 1024;

/**
 * Gives a small real API: the one that catalogs/sample describes. It wants `Authorization: Bearer <key>`,
 * keeps books in memory, and tells of additions as server-sent events. `onRequest` is shown each request.
 */
export function sampleApi(key: string, onRequest: (seen: SeenRequest) => void): Server {
  const books: Book[] = [
    { id: '1', title: 'The Tide Tables', author: 'A. Mariner' },
    { id: '2', title: 'Lights along the Coast', author: 'B. Keeper' },
  ];
  const watchers = new Set<ServerResponse>();
  return createServer((request, response) => {
    onRequest({
      line: `${request.method} ${request.url} HTTP/${request.httpVersion}`,
      headers: request.rawHeaders,
    });
    const url = new URL(request.url ?? '/', 'http://sample');
    if (request.headers.authorization !== `Bearer ${key}`)
      answer(response, 401, { error: 'wrong or missing key' });
    else if (url.pathname === '/v1/books' && request.method === 'GET')
      answer(response, 200, { books: list(books, url) });
    else if (url.pathname === '/v1/books' && request.method === 'POST') {
      add(request, response, (book) => {
        books.push({ ...book, id: String(books.length + 1) });
        for (const watcher of watchers) watcher.write(`data: ${JSON.stringify(books.at(-1))}\n\n`);
        return books.at(-1);
      });
    } else if (url.pathname === '/v1/news') watch(response, watchers);
    else
      answerBook(
        response,
        books.find((book) => url.pathname === `/v1/books/${book.id}`),
      );
  });
}

function list(books: readonly Book[], url: URL): Book[] {
  const limit = Number(url.searchParams.get('limit') ?? 10);
  return books.toReversed().slice(0, Number.isInteger(limit) && limit > 0 ? limit : 10);
}

function answerBook(response: ServerResponse, book: Book | undefined): void {
  if (book === undefined) answer(response, 404, { error: 'no such book' });
  else answer(response, 200, book);
}

function add(
  request: IncomingMessage,
  response: ServerResponse,
  keep: (book: Omit<Book, 'id'>) => unknown,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= BODY_MAX_BYTES) chunks.push(chunk);
  });
  request.on('end', () => {
    const book = bytes <= BODY_MAX_BYTES ? readBook(Buffer.concat(chunks).toString('utf8')) : null;
    if (book === null) answer(response, 400, { error: 'expected a JSON object with a title' });
    else answer(response, 201, keep(book));
  });
}

function readBook(text: string): Omit<Book, 'id'> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== 'object' || !('title' in value)) return null;
    if (typeof value.title !== 'string' || value.title === '') return null;
    return 'author' in value && typeof value.author === 'string'
      ? { title: value.title, author: value.author }
      : { title: value.title };
  } catch {
    return null;
  }
}

function watch(response: ServerResponse, watchers: Set<ServerResponse>): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write(': watching\n\n');
  watchers.add(response);
  response.on('close', () => watchers.delete(response));
}

function answer(response: ServerResponse, status: number, members: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(members)}\n`);
}
