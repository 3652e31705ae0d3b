import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { ChildProcess } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import { CALLER_KEY, CREDENTIAL } from './gateway.ts';
import { message } from './processes.ts';
import type { Rival } from './rivals.ts';

/** One kind of request that is measured. */
export interface Load {
  readonly title: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

const SENT = {
  Accept: 'application/json',
  Authorization: `Bearer ${CALLER_KEY}`,
  'User-Agent': 'bench/1',
};

/** The requests that are measured: the answer is 1 KB, and so is the POST's content. */
export const LOADS: readonly Load[] = [
  { title: 'GET 1 KB', method: 'GET', path: '/v1/things?limit=10', headers: SENT, body: null },
  {
    title: 'POST 1 KB',
    method: 'POST',
    path: '/v1/things',
    headers: { ...SENT, 'Content-Type': 'application/json', 'Content-Length': '1024' },
    body: JSON.stringify({ text: 'y'.repeat(1024 - 11) }),
  },
];

interface Seen {
  readonly head: string;
  readonly body: string;
}

/**
 * Sends each request once through a rival, and gives what is wrong with the answer and with what the
 * upstream saw. Nothing is timed before this list is empty: a rival that does less would be faster.
 */
export async function checkRival(rival: Rival, upstream: ChildProcess): Promise<string[]> {
  const faults: string[] = [];
  for (const load of LOADS) {
    const answer = await send(rival.base + load.path, load);
    upstream.send('last');
    const { last } = await message<{ last: Seen | null }>(upstream);
    const wrong = [
      ...answerFaults(answer),
      ...(last === null ? ['sent nothing'] : requestFaults(last, load)),
    ];
    if (last !== null && rival.injects) wrong.push(...injectionFaults(last));
    faults.push(...wrong.map((fault) => `${rival.name}, ${load.title}: ${fault}`));
  }
  return faults;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function send(url: string, { method, headers, body }: Load): Promise<Answer> {
  const request = httpRequest(url, { method, headers, agent: false });
  request.end(body ?? undefined);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, headers: response.headers, body: text };
}

function answerFaults({ status, headers, body }: Answer): string[] {
  const faults: string[] = [];
  if (status !== 200) faults.push(`answered ${status}`);
  if (body !== JSON.stringify({ text: 'x'.repeat(1024 - 11) })) faults.push('another body came back');
  if (headers['content-type'] !== 'application/json') faults.push('the Content-Type did not come back');
  if (headers['x-request-id'] !== '6f1c2c1c-bench') faults.push('a header did not come back');
  return faults;
}

function requestFaults({ head, body }: Seen, load: Load): string[] {
  const faults: string[] = [];
  const first = `${load.method} ${load.path} HTTP/1.1`;
  if (!head.startsWith(`${first}\r\n`))
    faults.push(`the upstream saw ${head.split('\r\n')[0]}, not ${first}`);
  if (body !== (load.body ?? '')) faults.push('the upstream saw another body');
  if (fieldOf(head, 'user-agent') !== 'bench/1')
    faults.push('the upstream did not see a header of the caller');
  return faults;
}

function injectionFaults({ head }: Seen): string[] {
  const faults: string[] = [];
  if (fieldOf(head, 'authorization') !== `Bearer ${CREDENTIAL}`)
    faults.push('the credential was not injected');
  if (fieldOf(head, 'x-bench-static') !== 'harbour') faults.push('the static header was not set');
  if (head.includes(CALLER_KEY)) faults.push("the caller's key reached the upstream");
  return faults;
}

function fieldOf(head: string, name: string): string | null {
  const values = head.split('\r\n').filter((line) => line.toLowerCase().startsWith(`${name}: `));
  return values.length === 1 ? (values[0]?.slice(name.length + 2) ?? null) : null;
}
