// The upstream: answers 1 KB to everything, and keeps the last request for the correctness gate. On
// node:net, because it shares its core with the load: what it does not use, the load can.
import { createServer } from 'node:net';

const CONTENT = Buffer.from(JSON.stringify({ text: 'x'.repeat(1024 - 11) }));
const ANSWER = Buffer.concat([
  Buffer.from(
    [
      'HTTP/1.1 200 OK',
      'Date: Sat, 21 Nov 2026 12:00:00 GMT',
      'Server: bench',
      'Content-Type: application/json',
      `Content-Length: ${CONTENT.length}`,
      'Cache-Control: no-store',
      'X-Request-Id: 6f1c2c1c-bench',
      'Connection: keep-alive',
      '',
      '',
    ].join('\r\n'),
    'latin1',
  ),
  CONTENT,
]);
const LENGTH = /\r\ncontent-length: *([0-9]+)\r\n/i;

let last = null;

const server = createServer({ noDelay: true }, (socket) => {
  let unread = null;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    unread = unread === null ? chunk : Buffer.concat([unread, chunk]);
    for (;;) {
      const end = unread.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = unread.latin1Slice(0, end + 2);
      const whole = end + 4 + Number(LENGTH.exec(head)?.[1] ?? 0);
      if (unread.length < whole) return;
      last = { head, body: unread.latin1Slice(end + 4, whole) };
      socket.write(ANSWER);
      if (unread.length === whole) {
        unread = null;
        return;
      }
      unread = unread.subarray(whole);
    }
  });
});

process.on('message', () => process.send({ last }));
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
