import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { CREDENTIALS, TEST_KEY } from '../support/table.ts';

test('a request goes through and its answer comes back', async () => {
  const upstream = await rawUpstream();
  const gateway = await startGateway({
    connections: { vendor: { base_url: `${upstream.origin}/v1`, credential: CREDENTIALS.bearer } },
  });
  const answer = await sendRaw(
    gateway.port,
    `GET /vendor/customers?limit=3 HTTP/1.1\r\nHost: gw\r\nX-API-Key: ${TEST_KEY}\r\nAccept: */*\r\n\r\n`,
  );
  expect(answer.statuses).toEqual([200]);
  expect(upstream.requests.map((request) => request.head)).toEqual([
    `GET /v1/customers?limit=3 HTTP/1.1\r\nhost: 127.0.0.1:${upstream.port}\r\nconnection: keep-alive\r\nAccept: */*\r\nAuthorization: Bearer vendor-secret-9f8e7d\r\n\r\n`,
  ]);
});
