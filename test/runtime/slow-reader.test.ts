import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { TEST_KEY } from '../support/table.ts';

test('a caller that stops reading its answer is cut off, and its upstream with it (body_idle_timeout)', async () => {
  let onClosed = (): void => {};
  const closed = new Promise<void>((resolve) => {
    onClosed = resolve;
  });
  const upstream = await rawUpstream((request) => (): void => {
    request.socket.on('close', onClosed);
    request.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n');
    const more = (): void => {
      while (request.socket.writable && request.socket.write(Buffer.alloc(65_536)));
    };
    request.socket.on('drain', more);
    more();
  });
  const gateway = await startGateway({
    connections: { vendor: { base_url: upstream.origin } },
    limits: { body_idle_timeout_ms: 300 },
  });
  const caller = connect(gateway.port, '127.0.0.1');
  await once(caller, 'connect');
  caller.on('error', () => {});
  caller.pause();
  caller.write(`GET /vendor/big HTTP/1.1\r\nHost: gw\r\nX-API-Key: ${TEST_KEY}\r\n\r\n`);
  await closed;
  const line = await gateway.logged((one) => one['msg'] === 'exchange');
  expect(line).toMatchObject({ status: 200, source: 'upstream', cut: true });
  caller.destroy();
});
