import { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { rawUpstream } from '../support/raw-upstream.ts';
import type { RawRequest, RawUpstream } from '../support/raw-upstream.ts';
import { jsonAnswer, onlyRequest } from '../support/seen-request.ts';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';

const ada = { id: 'cus_1', object: 'customer', email: 'ada@example.com' };
const ben = { id: 'cus_2', object: 'customer', email: 'ben@example.com' };

test('lists customers with the vendor’s credential and the version that the YAML pins', async () => {
  const { stripe, upstream } = await sides(() =>
    jsonAnswer({ object: 'list', url: '/v1/customers', has_more: false, data: [ada] }),
  );
  const { data } = await stripe.customers.list({ limit: 3, email: 'ada+1@example.com' });
  expect(data.map(({ id }) => id)).toEqual(['cus_1']);
  const seen = await onlyRequest(upstream);
  expect(seen.line).toBe('GET /v1/customers?limit=3&email=ada%2B1%40example.com HTTP/1.1');
  expect(seen.field('Authorization')).toEqual(['Bearer sk_live_vendor']);
  expect(seen.field('Stripe-Version')).toEqual(['2025-01-27']);
});

test('creates a customer by a form with nested fields, under an idempotency key', async () => {
  const { stripe, upstream } = await sides(() => jsonAnswer(ada));
  await stripe.customers.create(
    { email: 'ada@example.com', metadata: { plan: 'a & b' }, address: { city: 'Zürich' } },
    { idempotencyKey: 'order-17' },
  );
  const seen = await onlyRequest(upstream);
  expect(seen.line).toBe('POST /v1/customers HTTP/1.1');
  expect(seen.field('Content-Type')).toEqual(['application/x-www-form-urlencoded']);
  expect(seen.field('Idempotency-Key')).toEqual(['order-17']);
  expect(seen.field('Authorization')).toEqual(['Bearer sk_live_vendor']);
  expect(seen.body).toBe('email=ada%40example.com&metadata[plan]=a%20%26%20b&address[city]=Z%C3%BCrich');
});

test('an error answer becomes the SDK’s own error', async () => {
  const error = { type: 'card_error', code: 'card_declined', message: 'Your card was declined.' };
  const { stripe, upstream } = await sides(() =>
    jsonAnswer({ error }, { status: 402, fields: ['Request-Id: req_7'] }),
  );
  const failed: unknown = await stripe.paymentIntents
    .create({ amount: 100, currency: 'chf' })
    .catch((raised: unknown) => raised);
  expect(failed).toBeInstanceOf(Stripe.errors.StripeCardError);
  expect(failed).toMatchObject({ statusCode: 402, code: 'card_declined', requestId: 'req_7' });
  await onlyRequest(upstream);
});

test('auto-pagination asks for page after page', async () => {
  const { stripe, upstream } = await sides(({ head }) =>
    head.includes('starting_after=cus_1')
      ? jsonAnswer({ object: 'list', url: '/v1/customers', has_more: false, data: [ben] })
      : jsonAnswer({ object: 'list', url: '/v1/customers', has_more: true, data: [ada] }),
  );
  const emails: (string | null)[] = [];
  for await (const { email } of stripe.customers.list({ limit: 1 })) emails.push(email);
  expect(emails).toEqual(['ada@example.com', 'ben@example.com']);
  expect(upstream.requests.map(({ head }) => head.split('\r\n')[0])).toEqual([
    'GET /v1/customers?limit=1 HTTP/1.1',
    'GET /v1/customers?limit=1&starting_after=cus_1 HTTP/1.1',
  ]);
  expect(upstream.received()).not.toContain(GATEWAY_KEY);
});

test('a wrong gateway key is the error that the SDK has for it, and reaches no upstream', async () => {
  const { stripe, upstream } = await sides(
    () => jsonAnswer(ada),
    'gw_another_key_that_nobody_was_ever_given',
  );
  await expect(stripe.customers.retrieve('cus_1')).rejects.toMatchObject({
    type: 'StripeAuthenticationError',
    statusCode: 401,
    code: 'caller_unauthenticated',
    headers: { 'gateway-error': 'caller_unauthenticated' },
  });
  expect(upstream.received()).toBe('');
});

async function sides(
  answer: (request: RawRequest) => string,
  key: string = GATEWAY_KEY,
): Promise<{ stripe: Stripe; upstream: RawUpstream }> {
  const upstream = await rawUpstream(answer);
  const gateway = await startFromYaml(
    `connections:
  stripe:
    base_url: ${upstream.origin}
    auth_mode: bearer
    credential: \${env:STRIPE_KEY}
    static_headers: { Stripe-Version: "2025-01-27" }
`,
    { STRIPE_KEY: 'sk_live_vendor' },
  );
  // The SDK takes a host and a port, but no path: its own HTTP client gets the connection's name in front.
  const plain = Stripe.createNodeHttpClient();
  const stripe = new Stripe(key, {
    protocol: 'http',
    host: '127.0.0.1',
    port: gateway.port,
    telemetry: false,
    maxNetworkRetries: 0,
    httpClient: {
      getClientName: () => plain.getClientName(),
      makeRequest: (host, port, path, ...rest) => plain.makeRequest(host, port, `/stripe${path}`, ...rest),
    },
  });
  return { stripe, upstream };
}
