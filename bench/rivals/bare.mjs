// The floor: node:http and an undici pool, as lean as one writes it who knows both, without any feature.
// Plain JavaScript, because a transpiler's wrappers around each function would be measured with it.
import { createServer } from 'node:http';
import { Pool } from 'undici';

const pool = new Pool(process.env.UPSTREAM, { connections: 128, pipelining: 1 });
/** Those of one socket, and Host, which the pool writes. */
const DROPPED = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host']);

const server = createServer((request, response) => {
  const raw = request.rawHeaders;
  const headers = [];
  for (let at = 0; at < raw.length; at += 2) {
    if (!DROPPED.has(raw[at].toLowerCase())) headers.push(raw[at], raw[at + 1]);
  }
  // A GET without content: its message is complete when its head is.
  const body = request.method === 'GET' ? null : request;
  pool.dispatch({ method: request.method, path: request.url, headers, body }, new Relay(response));
});

class Relay {
  #response;

  constructor(response) {
    this.#response = response;
  }

  onConnect() {}

  onHeaders(status, raw, resume) {
    const headers = [];
    for (let at = 0; at < raw.length; at += 2) {
      const name = raw[at].toString('latin1');
      if (!DROPPED.has(name.toLowerCase())) headers.push(name, raw[at + 1].toString('latin1'));
    }
    this.#response.on('drain', resume);
    this.#response.writeHead(status, headers);
    return true;
  }

  onData(chunk) {
    return this.#response.write(chunk);
  }

  onComplete() {
    this.#response.end();
  }

  onError() {
    this.#response.destroy();
  }
}

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
