import { expect, test } from 'vitest';
import { oauth1Authorization } from '../../runtime/grants/oauth/oauth1.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { BEGAN, headAs, startGranted as start } from '../support/granted.ts';
import type { GrantedSides } from '../support/granted.ts';
import { CLIENT_SECRET } from '../support/oauth-plan.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { codeOf } from '../support/sides.ts';

// Requests that are signed with OAuth 1: each anew, over what the upstream sees.

const AT = 'gateway.d/test.yaml:1:1';
const FORM = 'Content-Type: application/x-www-form-urlencoded; charset=utf-8';

async function startSigned(limits: object = {}): Promise<GrantedSides> {
  const sides = await start({
    connections: ({ upstream }) => ({
      vendor: {
        base_url: `${upstream}/api`,
        limits,
        credential: {
          kind: 'oauth1',
          oauth1: {
            client_id: { text: 'client', at: AT },
            client_secret: { env: 'CLIENT_SECRET', at: AT },
            request_url: null,
            authorization_url: null,
            token_url: null,
            authorize_params: [],
          },
        },
      },
    }),
  });
  const credential = new Hidden({ kind: 'oauth1' as const, token: 'token-1', token_secret: 'secret/1' });
  await sides.grant({ account: null, method: 'OAUTH1', credential, expires_at: null });
  return sides;
}

/** Signs a request as the upstream saw it, with the time and nonce that it bears. */
function signedAgain(head: string, origin: string, form: string | null): string {
  const [, method = '', target = ''] = /^(\S+) (\S+)/.exec(head) ?? [];
  const parameter = (name: string): string => new RegExp(`oauth_${name}="([^"]*)"`).exec(head)?.[1] ?? '';
  return oauth1Authorization(
    { client_id: 'client', client_secret: new Hidden(CLIENT_SECRET) },
    {
      method,
      url: origin + target,
      form,
      token: { token: 'token-1', token_secret: new Hidden('secret/1') },
    },
    { timestamp: Number(parameter('timestamp')), nonce: parameter('nonce') },
  ).reveal();
}

const SIGNED: [title: string, line: string, fields: string[], body: string, form: string | null][] = [
  ['a query', 'GET /vendor/b?b=2%20&a=%C3%BC&a=1 HTTP/1.1', [], '', null],
  ['JSON is not signed', 'POST /vendor/b HTTP/1.1', ['Content-Type: application/json'], '{"a":1}', null],
  ['a form is', 'POST /vendor/b?q=1 HTTP/1.1', [FORM], 'z=1&a=%26+x', 'z=1&a=%26+x'],
];

test.each(SIGNED)('%s', async (_title, line, ...[fields, body, form]) => {
  const { gateway, upstream } = await startSigned();
  const length = body === '' ? [] : [`Content-Length: ${body.length}`];
  const sent = headAs('acme', line, ...fields, ...length) + body;
  expect((await sendRaw(gateway.port, sent)).statuses).toEqual([200]);
  await sendRaw(gateway.port, sent);
  const [first, second] = upstream.requests;
  const authorization = /^Authorization: (.*)\r$/m.exec(first?.head ?? '')?.[1];
  expect(authorization).toBe(signedAgain(first?.head ?? '', upstream.origin, form));
  expect(authorization).toContain(`oauth_timestamp="${BEGAN / 1000}"`);
  expect(first?.head).toContain(' /api/b');
  expect(first?.body).toBe(body);
  // A nonce serves once.
  expect(second?.head).not.toBe(first?.head);
});

test('a form that comes in chunks is read whole, and goes out with its length', async () => {
  const { gateway, upstream } = await startSigned();
  const head = headAs('acme', 'POST /vendor/b HTTP/1.1', FORM, 'Transfer-Encoding: chunked');
  expect((await sendRaw(gateway.port, `${head}3\r\na=1\r\n4\r\n&b=2\r\n0\r\n\r\n`)).statuses).toEqual([200]);
  const [request] = upstream.requests;
  expect(request?.body).toBe('a=1&b=2');
  expect(request?.head).toContain(signedAgain(request?.head ?? '', upstream.origin, 'a=1&b=2'));
});

test('a form that is too long to be signed is refused, and nothing is sent', async () => {
  const { gateway, upstream } = await startSigned({ validate_body_max_bytes: 4 });
  const answer = await sendRaw(
    gateway.port,
    headAs('acme', 'POST /vendor/b HTTP/1.1', FORM, 'Content-Length: 5') + 'a=123',
  );
  expect([answer.statuses, codeOf(answer.bytes)]).toEqual([[413], 'body_too_large']);
  expect(upstream.requests).toEqual([]);
});
