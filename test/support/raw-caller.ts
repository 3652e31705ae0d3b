import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';

/** What came back on a raw socket. */
export interface RawAnswers {
  /** All bytes. Latin-1. */
  readonly bytes: string;
  /** Status codes of the final responses, in order. */
  readonly statuses: number[];
  /** The socket was closed by the gateway. */
  readonly closed: boolean;
}

/**
 * Sends bytes to a port of 127.0.0.1, and gives what came back until the gateway closes the socket, or
 * `until` is satisfied by the bytes so far (by default: one whole response).
 */
export async function sendRaw(
  port: number,
  bytes: string | Buffer,
  until: (text: string) => boolean = (text) => wholeResponses(text) >= 1,
): Promise<RawAnswers> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  const answers = await readRaw(socket, until);
  socket.destroy();
  return answers;
}

/** Reads a socket until it is closed or `until` is satisfied. */
export function readRaw(socket: Socket, until: (text: string) => boolean): Promise<RawAnswers> {
  return new Promise((resolve) => {
    let text = '';
    let closed = false;
    const settle = (): void => {
      socket.off('data', onData);
      resolve({ bytes: text, statuses: statusesOf(text), closed });
    };
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (until(text)) settle();
    };
    socket.on('data', onData);
    socket.on('error', () => {});
    socket.once('close', () => {
      closed = true;
      settle();
    });
  });
}

/** Counts the whole final responses at the beginning of a text (interim ones are passed over; HEAD is not known here). */
export function wholeResponses(text: string): number {
  let count = 0;
  for (let rest = text; rest !== ''; count += 1) {
    const length = responseLength(rest);
    if (length === null) return count;
    const interim = /^HTTP\/1\.1 1\d\d/.test(rest);
    rest = rest.slice(length);
    if (interim) count -= 1;
  }
  return count;
}

function responseLength(text: string): number | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end + 4);
  const status = Number(head.slice(9, 12));
  if (status < 200 || status === 204 || status === 304) return head.length;
  if (/^transfer-encoding:\s*chunked/im.test(head)) {
    const last = /\r\n0\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(text.slice(end + 2));
    return last === null ? null : end + 2 + last.index + last[0].length;
  }
  const length = /^content-length:\s*(\d+)/im.exec(head)?.[1];
  if (length === undefined) return null;
  return text.length < head.length + Number(length) ? null : head.length + Number(length);
}

function statusesOf(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)]
    .map((match) => Number(match[1]))
    .filter((status) => status >= 200);
}
