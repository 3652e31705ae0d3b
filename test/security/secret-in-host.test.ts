import { expect, test } from 'vitest';
import { exchangeRaw, head } from '../support/attack.ts';
import { startGateway } from '../support/gateway.ts';
import { PUBLIC_ADDRESS } from '../support/many-hosts.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { TEST_KEY } from '../support/table.ts';

const AT = 'gateway.d/test.yaml:1:1';

/** A secret variable, which stands in the host. */
const SITE = {
  name: 'site',
  doc: null,
  value: { env: 'SITE', at: AT },
  source: { kind: 'connection' },
  default: null,
  optional: false,
  pattern: null,
  values: [],
} as const;

test('a secret in the host does not come back in lower case, as the host is written', async () => {
  const links = [
    'Location: /other',
    'X-Host: plant-site.vendor.example',
    'Link: <https://plant-site.vendor.example/b>',
  ];
  const upstream = await rawUpstream(`HTTP/1.1 200 OK\r\n${links.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`);
  const gateway = await startGateway(
    {
      connections: {
        vendor: { base_url: 'http://{site}.vendor.example/v1', tls: { guarded: true }, variables: [SITE] },
      },
    },
    {
      environment: { SITE: 'Plant-Site' },
      network: {
        resolve: () => Promise.resolve([PUBLIC_ADDRESS]),
        connectTo: () => ({ address: '127.0.0.1', port: upstream.port }),
      },
    },
  );
  const bytes = await exchangeRaw(gateway.port, head('GET /vendor/a HTTP/1.1').replace('{key}', TEST_KEY), 1);
  expect(upstream.received()).toContain('host: plant-site.vendor.example\r\n');
  expect(bytes).toContain('Location: http://[redacted].vendor.example/other\r\n');
  expect(bytes).toContain('X-Host: [redacted].vendor.example\r\n');
  expect(bytes).not.toMatch(/plant-site/i);
});

test('a secret host that means another address is not told, in neither form', async () => {
  const connection = { base_url: 'https://{site}', tls: { guarded: true }, variables: [SITE] };
  const started = startGateway({ connections: { vendor: connection } }, { environment: { SITE: '0x7f.12' } });
  const error: unknown = await started.catch((thrown: unknown) => thrown);
  expect(String(error)).toContain(
    'connection vendor: its variables make a base_url that has a host that means another',
  );
  expect(String(error)).not.toMatch(/0x7f|127\.0\.0\.12/);
});
