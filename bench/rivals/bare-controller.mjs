// `bare` with undici's newer handler calls, which give headers as an object (docs/decisions/0004).
import { createServer } from 'node:http';
import { Pool } from 'undici';

const pool = new Pool(process.env.UPSTREAM, { connections: 128, pipelining: 1 });
const DROPPED = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host']);

const server = createServer((request, response) => {
  const raw = request.rawHeaders;
  const headers = [];
  for (let at = 0; at < raw.length; at += 2) {
    if (!DROPPED.has(raw[at].toLowerCase())) headers.push(raw[at], raw[at + 1]);
  }
  const body = request.method === 'GET' ? null : request;
  pool.dispatch({ method: request.method, path: request.url, headers, body }, new Relay(response));
});

class Relay {
  #response;

  constructor(response) {
    this.#response = response;
  }

  onRequestStart() {}

  onResponseStart(controller, status) {
    // The raw bytes all the same: a gateway keeps spelling and repeats. The object is made regardless.
    const raw = controller.rawHeaders;
    const headers = [];
    for (let at = 0; at < raw.length; at += 2) {
      const name = raw[at].toString('latin1');
      if (!DROPPED.has(name.toLowerCase())) headers.push(name, raw[at + 1].toString('latin1'));
    }
    this.#response.on('drain', () => controller.resume());
    this.#response.writeHead(status, headers);
  }

  onResponseData(controller, chunk) {
    if (this.#response.write(chunk) === false) controller.pause();
  }

  onResponseEnd() {
    this.#response.end();
  }

  onResponseError() {
    this.#response.destroy();
  }
}

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
