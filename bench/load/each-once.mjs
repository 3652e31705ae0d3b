// Sends each of a list of requests once, over kept-alive connections: as fast as they are answered, or so many in a
// second, whatever is answered. A process of its own, so that it can be pinned to a core.
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';

async function send({ origin, headers, requests, connections, perSecond }) {
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const statuses = {};
  const samples = {};
  const sendOne = async ({ method, path, type, body }) => {
    const more = type === null ? {} : { 'content-type': type };
    const answer = await pool.request({ method, path, headers: { ...headers, ...more }, body });
    const text = await answer.body.text();
    statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1;
    if (answer.statusCode >= 500) samples[answer.statusCode] ??= `${method} ${path}: ${text}`;
  };
  if (perSecond === null) {
    const waiting = requests.toReversed();
    const sendNext = async () => {
      for (let request = waiting.pop(); request !== undefined; request = waiting.pop())
        await sendOne(request);
    };
    await Promise.all(Array.from({ length: connections }, sendNext));
  } else {
    const began = performance.now();
    const sent = [];
    for (const [at, request] of requests.entries()) {
      await wait(Math.max(0, began + (at * 1000) / perSecond - performance.now()));
      sent.push(sendOne(request));
    }
    await Promise.all(sent);
  }
  await pool.close();
  process.send({ statuses, samples });
}

process.on('message', (series) => void send(series));
