// Sends a number of requests over kept-alive connections as fast as they are answered: one series for
// each message. A process of its own, so that it can be pinned to a core.
import autocannon from 'autocannon';

async function send(series) {
  const result = await autocannon({ ...series, timeout: 30 });
  process.send({ answered: result['2xx'], other: result.non2xx + result.errors + result.timeouts });
}

process.on('message', (series) => void send(series));
