import { expect, test } from 'vitest';
import { mockServer, oidcProvider, PLAIN_SECRET } from '../support/authorization-servers.ts';
import { newBrowser } from '../support/browser.ts';
import { controlGateway } from '../support/control-gateway.ts';
import type { ControlGateway } from '../support/control-gateway.ts';
import { beginNotes, consentYaml, keptGrant } from '../support/sign-in.ts';

// From a link to a grant, as a browser without JavaScript goes it.

const ENVIRONMENT = { IDP_SECRET: PLAIN_SECRET };

function withOidc(): Promise<ControlGateway> {
  return controlGateway(
    async (redirectUri) => consentYaml({ idp: (await oidcProvider(redirectUri)).origin, authorize: '/auth' }),
    { environment: ENVIRONMENT },
  );
}

test('a consent at oidc-provider becomes a grant', async () => {
  const gateway = await withOidc();
  const { id, url } = await gateway.link('one', 'notes');
  const browser = newBrowser();
  const page = await browser.open(url);
  expect(page).toMatchObject({ status: 200, title: 'Connect notes' });
  for (const part of ['<strong>one</strong>', 'the account one', '<code>openid</code>', '<code>read</code>'])
    expect(page.text).toContain(part);
  expect(page.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
  );
  expect(Object.fromEntries(page.headers)).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'content-type': 'text/html; charset=utf-8',
    'set-cookie': expect.stringMatching(/^gw_connect=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
  });
  expect(page.text).not.toMatch(/<script|javascript:|onload/i);
  const done = await browser.submit(page);
  expect(done).toMatchObject({ status: 200, title: 'notes is connected' });
  expect(done.text).toContain('role="status"');
  const asked = new URL(browser.visited.find((at) => at.includes('/auth?')) ?? '');
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    response_type: 'code',
    client_id: 'header',
    redirect_uri: `${gateway.control}/api/v1/admin/oauth/callback`,
    scope: 'openid read',
    state: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  });
  const kept = await keptGrant(gateway, id);
  expect(kept).toMatchObject({
    status: 'ACTIVE',
    reason: null,
    account: 'one',
    authenticated_by: 'one',
    credential: {
      kind: 'oauth2',
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      scope: 'openid read',
    },
    expires_at: expect.any(Number),
  });
  expect(await gateway.call('user', `GET /connections/${id}`)).toMatchObject({
    json: { connection: { status: 'ACTIVE', url: null, metadata: {} } },
  });
  const events = await gateway.call('user', `GET /connections/${id}/events`);
  expect(events.json['events']).toEqual([
    {
      id: expect.any(String),
      occurred_at: expect.any(String),
      app: 'notes',
      event_type: 'connect_completed',
      actor: 'one',
      reason: null,
    },
    {
      id: expect.any(String),
      occurred_at: expect.any(String),
      app: 'notes',
      event_type: 'connect_started',
      actor: 'one',
      reason: null,
    },
  ]);
  const status = await gateway.call('admin', `GET /api/v1/admin/connections/${id}/oauth-status`);
  expect(status.json).toMatchObject({
    configured: true,
    token_acquired: true,
    has_refresh_token: true,
    needs_reauth: false,
    last_error: null,
    scope: 'openid read',
    authenticated_by: 'one',
    token_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/token$/),
  });
  // The link has done what it was for.
  expect(await browser.open(url)).toMatchObject({ status: 410, title: 'notes is connected already' });
  expect(await browser.submit(page)).toMatchObject({ status: 410 });
  const { access_token, refresh_token } = kept.credential as { access_token: string; refresh_token: string };
  const told = [done.text, JSON.stringify([events.json, status.json]), ...gateway.log].join('\n');
  for (const secret of [access_token, refresh_token, PLAIN_SECRET, url.split('=')[1] ?? ''])
    expect(told).not.toContain(secret);
});

test('a reconnect keeps the id, and what worked until somebody agreed anew', async () => {
  let answer: object = {};
  const { origin } = await mockServer({
    answer: (response) => Object.assign(response.body as object, answer),
  });
  const gateway = await controlGateway(() => consentYaml({ idp: origin }), { environment: ENVIRONMENT });
  const { id, url } = await gateway.link('one', 'notes');
  answer = { access_token: 'first', refresh_token: 'r1', expires_in: 60 };
  const browser = newBrowser();
  expect((await browser.submit(await browser.open(url))).title).toBe('notes is connected');
  const again = async (): Promise<string> => {
    const { json } = await gateway.call('one', `POST /connections/${id}/reconnect`);
    expect(json['connection']).toMatchObject({ connection_id: id, status: 'ACTIVE' });
    return (json['connection'] as { url: string }).url;
  };
  answer = { error: 'invalid_grant', error_description: 'gone' };
  const failing = await browser.open(await again());
  expect(failing.text).toContain('It is connected now');
  expect((await browser.submit(failing)).title).toBe('notes is not connected');
  expect(await keptGrant(gateway, id)).toMatchObject({
    status: 'ACTIVE',
    credential: { access_token: 'first' },
  });
  // Without a refresh token of its own, this consent has none: that of the first may be somebody else's.
  answer = { access_token: 'second', refresh_token: undefined, error: undefined, expires_in: undefined };
  expect((await browser.submit(await browser.open(await again()))).title).toBe('notes is connected');
  expect(await keptGrant(gateway, id)).toMatchObject({
    status: 'ACTIVE',
    credential: { access_token: 'second', refresh_token: null },
    expires_at: null,
  });
});

test('what an authorization server says is in the history of admins, and nowhere else', async () => {
  const { origin } = await mockServer();
  const gateway = await controlGateway(() => consentYaml({ idp: origin }), { environment: ENVIRONMENT });
  const { browser, id, callback } = await beginNotes(gateway);
  callback.searchParams.delete('code');
  callback.searchParams.set('error', 'access_denied');
  callback.searchParams.set('error_description', '<b>Call zonk</b>\n now');
  const page = await browser.open(callback.href);
  expect(page).toMatchObject({ status: 200, title: 'notes is not connected' });
  expect(page.text).not.toMatch(/zonk|access_denied/);
  expect(page.text).toContain('Try again');
  expect(await gateway.call('one', `GET /connections/${id}`)).toMatchObject({
    json: { connection: { status: 'FAILED', reason: 'consent_refused' } },
  });
  const mine = await gateway.call('one', `GET /connections/${id}/events`);
  expect(mine.json['events']).toMatchObject([
    { event_type: 'connect_failed', reason: 'consent_refused' },
    {},
  ]);
  expect(JSON.stringify(mine.json)).not.toContain('zonk');
  const theirs = await gateway.call('admin', `GET /api/v1/admin/connections/${id}/auth-events`);
  expect(theirs.json['events']).toMatchObject([
    {
      event_type: 'connect_failed',
      detail: 'consent_refused: access_denied <b>Call zonk</b>  now',
      idp_host: new URL(origin).host,
    },
    { event_type: 'connect_started', detail: null },
  ]);
  const health = await gateway.call('admin', 'GET /api/v1/admin/connections/oauth-health');
  expect(health.json['connections']).toMatchObject([
    {
      connection_id: id,
      needs_reauth: true,
      token_acquired: false,
      idp_error_code: expect.stringContaining('consent_refused'),
    },
  ]);
  // The same link goes on: who said no by mistake tries again.
  const begun = await browser.submit(
    await browser.open(/href="([^"]*session_token[^"]*)"/.exec(page.text)?.[1] ?? ''),
  );
  expect(begun.title).toBe('notes is connected');
  expect(await gateway.call('one', `GET /connections/${id}`)).toMatchObject({
    json: { connection: { status: 'ACTIVE' } },
  });
});

test('over https the cookie is bound to the host, and links and redirect URIs begin with control_url', async () => {
  const { origin } = await mockServer();
  const gateway = await controlGateway(() => consentYaml({ idp: origin }), {
    environment: ENVIRONMENT,
    gateway: 'control_url: https://connect.gw.example/base/',
  });
  const { url } = await gateway.link('one', 'notes');
  expect(url).toMatch(/^https:\/\/connect\.gw\.example\/base\/connect\?session_token=/);
  const path = url.slice('https://connect.gw.example/base'.length);
  const page = await fetch(gateway.control + path);
  expect(page.headers.get('set-cookie')).toMatch(
    /^__Host-gw_connect=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  );
  const text = await page.text();
  expect(text).toContain('<form method="post" action="https://connect.gw.example/base/connect"');
  const field = (name: string): string => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
  const next = await fetch(`${gateway.control}/connect`, {
    method: 'POST',
    headers: {
      cookie: page.headers.get('set-cookie')?.split(';')[0] ?? '',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ session_token: field('session_token'), proof: field('proof') }),
  });
  const to = /content="0;url=([^"]*)"/.exec(await next.text())?.[1]?.replaceAll('&amp;', '&') ?? '';
  expect(new URL(to).searchParams.get('redirect_uri')).toBe(
    'https://connect.gw.example/base/api/v1/admin/oauth/callback',
  );
});
