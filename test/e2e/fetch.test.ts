import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { startCatalogs } from '../support/catalog-gateway.ts';
import { plantedSecret, rowOfConnection } from '../support/catalog-rows.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { jsonAnswer, onlyRequest } from '../support/seen-request.ts';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';

test('fetch posts JSON, and the upstream gets it as it was written', async () => {
  const { gateway, upstream } = await startCatalogs([rowOfConnection('slack')], {
    answer: jsonAnswer({ ok: true, channel: 'C0123456' }),
  });
  const response = await fetch(`${gateway.base}/slack/api/chat.postMessage`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${GATEWAY_KEY}` },
    body: JSON.stringify({ channel: 'C0123456', text: 'Hello!' }),
  });
  expect(await response.json()).toEqual({ ok: true, channel: 'C0123456' });
  const seen = await onlyRequest(upstream);
  expect(seen.line).toBe('POST /api/chat.postMessage HTTP/1.1');
  expect(seen.field('Host')).toEqual(['slack.com']);
  expect(seen.field('Authorization')).toEqual([`Bearer ${plantedSecret('slack', 'credential')}`]);
  expect(seen.body).toBe('{"channel":"C0123456","text":"Hello!"}');
});

test('fetch follows a redirect through the gateway, so that the credential is set again', async () => {
  const upstream = await rawUpstream(({ head }) =>
    head.startsWith('GET /v1/old')
      ? `HTTP/1.1 302 Found\r\nLocation: ${upstream.origin}/v1/new?page=2\r\nContent-Length: 0\r\n\r\n`
      : jsonAnswer({ page: 2 }),
  );
  const gateway = await startFromYaml(
    `connections:\n  vendor: { base_url: ${upstream.origin}/v1, auth_mode: api_key, api_key_header: X-Vendor-Key, credential: "\${env:VENDOR}" }\n`,
    { VENDOR: 'vendor-credential' },
  );
  const response = await fetch(`${gateway.base}/vendor/old`, { headers: { 'X-API-Key': GATEWAY_KEY } });
  expect(response.url).toBe(`${gateway.base}/vendor/new?page=2`);
  expect(await response.json()).toEqual({ page: 2 });
  const requests = await upstream.waitForRequests(2);
  expect(requests.map(({ head }) => head.split('\r\n')[0])).toEqual([
    'GET /v1/old HTTP/1.1',
    'GET /v1/new?page=2 HTTP/1.1',
  ]);
  for (const { head } of requests) expect(head).toContain('\r\nX-Vendor-Key: vendor-credential\r\n');
  expect(upstream.received()).not.toContain(GATEWAY_KEY);
});

test('fetch uploads a stream and reads a gzip answer', async () => {
  const packed = gzipSync('{"packed":true}');
  const upstream = await rawUpstream(() =>
    Buffer.concat([
      Buffer.from(
        `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`,
      ),
      packed,
    ]),
  );
  const gateway = await startFromYaml(
    `connections:\n  vendor: { base_url: ${upstream.origin}, auth_mode: none }\n`,
    {},
  );
  const response = await fetch(`${gateway.base}/vendor/files`, {
    method: 'POST',
    headers: { 'X-API-Key': GATEWAY_KEY },
    body: new Blob(['one ', 'two']).stream(),
    duplex: 'half',
  });
  expect(await response.json()).toEqual({ packed: true });
  const seen = await onlyRequest(upstream);
  expect(seen.content).toBe('one two');
});
