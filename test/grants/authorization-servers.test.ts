import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { mockServer, PLAIN_SECRET } from '../support/authorization-servers.ts';
import { controlGateway } from '../support/control-gateway.ts';
import type { ControlGateway, ControlGatewayOptions } from '../support/control-gateway.ts';
import { refresh, title, used } from '../support/notes-grant.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import { beginNotes, consentYaml, keptGrant } from '../support/sign-in.ts';

// What authorization servers answer, from the link to the request that goes out: while somebody connects, and when the
// tokens are refreshed.

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

const said =
  (status: number, text: string, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    response.writeHead(status, headers).end(text);
const json = (members: object, status = 200): Answer =>
  said(status, JSON.stringify(members), { 'Content-Type': 'application/json' });

interface Stage {
  readonly gateway: ControlGateway;
  /** What the token endpoint answers in place of oauth2-mock-server; 'pass': what that answers. */
  readonly idp: { answer: Answer };
  /** The forms that the token endpoint got. */
  readonly asked: URLSearchParams[];
}

async function staged(options: ControlGatewayOptions = {}): Promise<Stage> {
  const upstream = await rawUpstream(OK);
  const idp: { answer: Answer } = { answer: () => 'pass' };
  const asked: URLSearchParams[] = [];
  const { origin } = await mockServer({
    instead: (request, response) => {
      request.on('data', (chunk: Buffer) => asked.push(new URLSearchParams(chunk.toString())));
      return idp.answer(request, response);
    },
  });
  const gateway = await controlGateway(() => consentYaml({ idp: origin, upstream: upstream.origin }), {
    environment: { IDP_SECRET: PLAIN_SECRET },
    ...options,
  });
  return { gateway, idp, asked };
}

async function newestEvents(gateway: ControlGateway, id: string): Promise<string[]> {
  const { json: found } = await gateway.call('admin', `GET /api/v1/admin/connections/${id}/auth-events`);
  return (found['events'] as { event_type: string; detail: string | null }[]).map(({ event_type, detail }) =>
    `${event_type} ${detail ?? ''}`.trim(),
  );
}

/** `terminal`: a person has to connect anew. Else the grant stays as it is, and it is tried again. */
const FAILURES: readonly [what: string, answer: Answer, reason: string, kind: 'terminal' | 'transient'][] = [
  ['closes the socket', (request) => request.socket.destroy(), 'unreachable', 'transient'],
  ['is silent', () => {}, 'timed_out', 'transient'],
  [
    'stops in the middle',
    (_request, response) => response.writeHead(200, { 'Content-Length': '99' }).write('{"access_'),
    'timed_out',
    'transient',
  ],
  ['answers 500', json({ error: 'invalid_grant' }, 500), 'server_failed', 'transient'],
  ['answers 429', said(429, '', { 'Retry-After': '7' }), 'rate_limited', 'transient'],
  ['answers 403', said(403, '<html>'), 'request_refused', 'transient'],
  ['redirects', said(307, '', { Location: '/jwks' }), 'redirected', 'transient'],
  [
    'answers HTML',
    said(200, '<html>token</html>', { 'Content-Type': 'text/html' }),
    'answer_malformed',
    'transient',
  ],
  ['answers half of a JSON', said(200, '{"access_token":"a"'), 'answer_malformed', 'transient'],
  ['answers nothing', said(200, ''), 'answer_malformed', 'transient'],
  [
    'answers 10 MB',
    said(200, `{"access_token":"${'a'.repeat(10_000_000)}"}`),
    'answer_too_large',
    'transient',
  ],
  ['answers without a token', json({ expires_in: 60 }), 'answer_incomplete', 'transient'],
  [
    'answers a token that no header carries',
    json({ access_token: 'a\r\nX: y' }),
    'answer_malformed',
    'transient',
  ],
  [
    'says 200 with an error',
    json({ error: 'invalid_grant', access_token: 'a' }),
    'grant_refused',
    'terminal',
  ],
  ['says that the grant is none', json({ error: 'invalid_grant' }, 400), 'grant_refused', 'terminal'],
  ['does not know the client', json({ error: 'invalid_client' }, 400), 'client_refused', 'terminal'],
  ['answers 401', said(401, ''), 'client_refused', 'terminal'],
  ['does not let the client', json({ error: 'unauthorized_client' }, 400), 'client_unauthorized', 'terminal'],
  [
    'does not have that',
    json({ error: 'unsupported_grant_type' }, 400),
    'grant_type_unsupported',
    'terminal',
  ],
  ['refuses the scope', json({ error: 'invalid_scope' }, 400), 'request_refused', 'transient'],
];

/** What becomes of a grant whose refresh fails. */
const REFRESHED = {
  transient: () => ({
    status: 502,
    code: 'refresh_failed',
    left: { status: 'ACTIVE', reason: null },
    event: 'refresh_failed_transient',
    next: [200, null],
  }),
  terminal: (reason: string) => ({
    status: 409,
    code: 'reconnect_needed',
    left: { status: 'EXPIRED', reason },
    event: 'refresh_failed_revoked',
    next: [424, 'credential_broken'],
  }),
} as const;

test.each(FAILURES)('a server that %s', async (_what, answer, reason, kind) => {
  const { gateway, idp } = await staged({ oauth: { timeout_ms: 2000 } });
  // Nothing is connected, and it is said why; the same link connects when the server is well again.
  idp.answer = answer;
  const begun = await beginNotes(gateway);
  expect(await title(begun)).toBe('notes is not connected');
  expect((await gateway.call('one', `GET /connections/${begun.id}`)).json['connection']).toMatchObject({
    status: 'FAILED',
    reason,
  });
  expect((await newestEvents(gateway, begun.id))[0]?.split(/[ :]+/).slice(0, 2)).toEqual([
    'connect_failed',
    reason,
  ]);
  expect((await used(gateway))[1]).toBe('credential_broken');
  idp.answer = () => 'pass';
  expect(await title(await beginNotes(gateway, { id: begun.id, url: begun.link }))).toBe(
    'notes is connected',
  );
  expect(await used(gateway)).toEqual([200, null]);

  idp.answer = answer;
  const { status, code, left, event, next } = REFRESHED[kind](reason);
  expect(await refresh(gateway, begun.id)).toMatchObject({ status, json: { code } });
  // Its tokens stay in any case, and a token that is good is used, whatever became of getting another.
  expect(await keptGrant(gateway, begun.id)).toMatchObject({ ...left, credential: { kind: 'oauth2' } });
  expect((await newestEvents(gateway, begun.id))[0]?.split(/[ :]+/).slice(0, 2)).toEqual([event, reason]);
  expect(await used(gateway)).toEqual(next);
  idp.answer = () => 'pass';
  expect((await refresh(gateway, begun.id)).status).toBe(200);
  expect(await keptGrant(gateway, begun.id)).toMatchObject({ status: 'ACTIVE', reason: null });
  expect(await used(gateway)).toEqual([200, null]);
});

interface Kept {
  readonly expires_in: number | null;
  readonly refresh_token: string | null;
}

/** Answers that are odd, and tokens all the same: what a grant then is, and what asking for others comes to. */
const ODD: readonly { what: string; answer: object; status: number; kept: Kept; refreshed: number }[] = [
  {
    what: 'no lifetime',
    answer: { access_token: 'a', token_type: 'Bearer', refresh_token: 'r' },
    status: 200,
    kept: { expires_in: null, refresh_token: 'r' },
    refreshed: 200,
  },
  {
    what: 'a lifetime as text, status 201, no type',
    answer: { access_token: 'a', expires_in: '600', refresh_token: 'r' },
    status: 201,
    kept: { expires_in: 600, refresh_token: 'r' },
    refreshed: 200,
  },
  {
    what: 'no refresh token',
    answer: { access_token: 'a', expires_in: 600 },
    status: 200,
    kept: { expires_in: 600, refresh_token: null },
    refreshed: 409,
  },
];

const CLOCKS: readonly [what: string, off_ms: number][] = [
  ['right', 0],
  ['a day behind', 86_400_000],
  ['a day ahead', -86_400_000],
];

test.each(ODD.flatMap((odd) => CLOCKS.map(([clock, off_ms]) => ({ ...odd, clock, off_ms }))))(
  'a server that answers with $what, its clock $clock',
  async ({ answer, status, kept, refreshed, off_ms }) => {
    const now = Date.now() + off_ms;
    const { gateway, idp } = await staged({ oauth: { now: () => now } });
    idp.answer = json(answer, status);
    const begun = await beginNotes(gateway);
    expect(await title(begun)).toBe('notes is connected');
    const { expires_in, refresh_token } = kept;
    const grant = {
      status: 'ACTIVE',
      expires_at: expires_in === null ? null : now + expires_in * 1000,
      credential: { kind: 'oauth2', access_token: 'a', refresh_token },
    };
    expect(await keptGrant(gateway, begun.id)).toMatchObject(grant);
    expect(await used(gateway)).toEqual([200, null]);
    expect((await refresh(gateway, begun.id)).status).toBe(refreshed);
    expect(await keptGrant(gateway, begun.id)).toMatchObject(grant);
    expect(await used(gateway)).toEqual([200, null]);
  },
);

test('a refresh token that is left out stays, one that is new takes its place', async () => {
  const { gateway, idp, asked } = await staged();
  const { id, ...begun } = await beginNotes(gateway);
  idp.answer = json({ access_token: 'a0', refresh_token: 'r0' });
  await title({ id, ...begun });
  const tokens = async (answer: object): Promise<unknown> => {
    idp.answer = json(answer);
    expect((await refresh(gateway, id)).status).toBe(200);
    return [asked.at(-1)?.get('refresh_token'), (await keptGrant(gateway, id)).credential];
  };
  expect(await tokens({ access_token: 'a1' })).toMatchObject([
    'r0',
    { access_token: 'a1', refresh_token: 'r0' },
  ]);
  expect(await tokens({ access_token: 'a2', refresh_token: 'r2' })).toMatchObject([
    'r0',
    { refresh_token: 'r2' },
  ]);
  expect(await tokens({ access_token: 'a3' })).toMatchObject([
    'r2',
    { access_token: 'a3', refresh_token: 'r2' },
  ]);
});
