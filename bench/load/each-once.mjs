// Sends each of a list of requests once, over kept-alive connections, as fast as they are answered. A process
// of its own, so that it can be pinned to a core.
import { Pool } from 'undici';

async function send({ origin, headers, requests, connections }) {
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const statuses = {};
  const samples = {};
  const waiting = requests.toReversed();
  const sendNext = async () => {
    for (let request = waiting.pop(); request !== undefined; request = waiting.pop()) {
      const { method, path, type, body } = request;
      const more = type === null ? {} : { 'content-type': type };
      const answer = await pool.request({ method, path, headers: { ...headers, ...more }, body });
      const text = await answer.body.text();
      statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1;
      if (answer.statusCode >= 500) samples[answer.statusCode] ??= `${method} ${path}: ${text}`;
    }
  };
  await Promise.all(Array.from({ length: connections }, sendNext));
  await pool.close();
  process.send({ statuses, samples });
}

process.on('message', (series) => void send(series));
