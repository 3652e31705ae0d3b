import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { plainText, strippedText } from '../../runtime/grants/oauth/stripped-text.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { mockServer, PLAIN_SECRET } from '../support/authorization-servers.ts';
import { said, startClientTokens } from '../support/client-tokens.ts';
import { controlGateway } from '../support/control-gateway.ts';
import type { ControlGateway } from '../support/control-gateway.ts';
import { CLIENT_SECRET } from '../support/oauth-plan.ts';
import { refresh, title } from '../support/notes-grant.ts';
import { told } from '../support/planted.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { headOf } from '../support/sides.ts';
import { beginNotes, consentYaml } from '../support/sign-in.ts';

// Authorization servers that say again what they know: the tokens that they gave, whether or not they were sent this
// time, the client's secret, the code. Nothing of it is in the history, the log or an answer, in whatever form it came.

/** Short, so that nothing but what is known of the grant tells them from words. */
const TOKENS = {
  access: 'old-access+/=1a',
  refresh: 'old-refresh+/=2b',
  new_access: 'new-access+/=3c',
  new_refresh: 'new-refresh+/=4d',
};

const FORMS: Record<string, (secret: string) => string> = {
  'as it is': (secret) => secret,
  'in base64': (secret) => Buffer.from(secret).toString('base64'),
  'in base64 of something longer': (secret) => Buffer.from(`a:${secret}:b`).toString('base64'),
  'in base64url of something longer': (secret) => Buffer.from(`ab:${secret}:c`).toString('base64url'),
  'in hex': (secret) => Buffer.from(secret).toString('hex'),
  'in upper-case hex': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  'percent-encoded': (secret) => encodeURIComponent(secret),
  'percent-encoded twice': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'in base64, percent-encoded': (secret) => encodeURIComponent(Buffer.from(secret).toString('base64')),
  'as a form has it': (secret) => new URLSearchParams({ a: secret }).toString(),
};

/** What the token endpoint answers: tokens, or an error that says all of these. */
interface Idp {
  answer: object;
  status: number;
}

async function staged(): Promise<{ gateway: ControlGateway; idp: Idp; sent: string[] }> {
  const idp: Idp = { answer: {}, status: 200 };
  const sent: string[] = [];
  const { origin } = await mockServer({
    instead: (request, response: ServerResponse) => {
      request.on('data', (chunk: Buffer) => {
        sent.push(...new URLSearchParams(chunk.toString()).values());
        response.writeHead(idp.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(idp.answer));
      });
    },
  });
  const gateway = await controlGateway(() => consentYaml({ idp: origin }), {
    environment: { IDP_SECRET: PLAIN_SECRET },
  });
  return { gateway, idp, sent };
}

/** Everything that somebody may read of a grant, and the log. */
async function readable({ call, log }: ControlGateway, id: string): Promise<string> {
  const lines = [
    `GET /connections/${id}`,
    `GET /connections/${id}/events`,
    `GET /api/v1/admin/connections/${id}`,
    `GET /api/v1/admin/connections/${id}/oauth-status`,
    `GET /api/v1/admin/connections/${id}/auth-events`,
    'GET /api/v1/admin/connections/oauth-health',
  ];
  const answers = await Promise.all(
    lines.map(async (line) => (await call(line.includes('admin') ? 'admin' : 'one', line)).json),
  );
  return JSON.stringify([answers, log]);
}

describe.each(Object.entries(FORMS))('%s', (_title, form) => {
  /** An error whose code is what is given, and which says everything of these. */
  const saying = (error: string, secrets: Readonly<Record<string, string>>): object => ({
    error,
    error_description: `Word ${Object.values(secrets).map(form).join(' and ')}`,
  });

  test('while tokens are refreshed, and while somebody connects anew', async () => {
    const { gateway, idp, sent } = await staged();
    idp.answer = { access_token: TOKENS.access, refresh_token: TOKENS.refresh, expires_in: 3600 };
    const begun = await beginNotes(gateway);
    expect(await title(begun)).toBe('notes is connected');
    const secrets = { access: TOKENS.access, refresh: TOKENS.refresh, client_secret: PLAIN_SECRET };

    idp.status = 400;
    idp.answer = saying('invalid_request', secrets);
    expect((await refresh(gateway, begun.id)).status).toBe(502);
    // An error beside tokens: neither theirs nor ours is told.
    idp.status = 200;
    idp.answer = {
      ...saying('server_busy', TOKENS),
      access_token: TOKENS.new_access,
      refresh_token: TOKENS.new_refresh,
    };
    expect((await refresh(gateway, begun.id)).status).toBe(502);

    idp.status = 400;
    const { json } = await gateway.call('one', `POST /connections/${begun.id}/reconnect`);
    const { url } = json['connection'] as { url: string };
    const again = await beginNotes(gateway, { id: begun.id, url });
    // What it is sent with this request, too; where it names a URL nothing at all is kept.
    const known = (): string[] => [...Object.values(secrets), ...sent.filter((one) => !one.includes('://'))];
    idp.answer = {
      error: 'invalid_grant',
      get error_description(): string {
        return `Word ${known().map(form).join(' and ')}`;
      },
    };
    expect(await title(again)).toBe('notes is not connected');
    const code = again.callback.searchParams.get('code') ?? '';
    // RFC 7636 4.1: 43 characters at least.
    const verifier = sent.findLast((one) => /^[\w-]{43,128}$/.test(one)) ?? '';
    expect([code, verifier]).not.toContain('');
    const link = new URL(url).searchParams.get('session_token') ?? '';
    const texts = await readable(gateway, begun.id);
    expect(told(texts, { ...TOKENS, client_secret: PLAIN_SECRET, code, verifier, link })).toEqual([]);
    // They were told of, and the rest of it is there.
    expect(
      texts.match(/invalid_request: Word|server_busy: Word|invalid_grant: Word/g)?.length,
    ).toBeGreaterThan(2);
  });

  test('while a callback says no', async () => {
    const { gateway, idp } = await staged();
    idp.answer = { access_token: TOKENS.access, refresh_token: TOKENS.refresh };
    const begun = await beginNotes(gateway);
    expect(await title(begun)).toBe('notes is connected');
    const { json } = await gateway.call('one', `POST /connections/${begun.id}/reconnect`);
    const { url } = json['connection'] as { url: string };
    const again = await beginNotes(gateway, { id: begun.id, url });
    again.callback.searchParams.delete('code');
    again.callback.searchParams.set('error', 'access_denied');
    const link = new URL(url).searchParams.get('session_token') ?? '';
    const secrets = { access: TOKENS.access, refresh: TOKENS.refresh, client_secret: PLAIN_SECRET, link };
    again.callback.searchParams.set(
      'error_description',
      `Word ${Object.values(secrets).map(form).join(' and ')}`,
    );
    expect(await title(again)).toBe('notes is not connected');
    const texts = await readable(gateway, begun.id);
    expect(told(texts, secrets)).toEqual([]);
    expect(texts).toContain('access_denied Word');
  });

  test('while a connection asks for its own token', async () => {
    let count = 0;
    const secrets = { access: TOKENS.access, client_secret: CLIENT_SECRET };
    const { gateway, clock } = await startClientTokens({
      idp: () =>
        (count += 1) === 1
          ? said(`{"access_token":"${TOKENS.access}","expires_in":3600}`)
          : said(JSON.stringify(saying('invalid_request', secrets)), 'HTTP/1.1 400 x'),
    });
    expect((await sendRaw(gateway.port, headOf('/vendor/a'))).statuses).toEqual([200]);
    clock.now += 3_600_000;
    const { bytes } = await sendRaw(gateway.port, headOf('/vendor/a'));
    const texts = bytes + JSON.stringify(gateway.log);
    expect(told(texts, secrets)).toEqual([]);
    // Of the server's text nothing is in the log: there is no history that would keep it.
    expect(texts).toContain('"idp_error":"invalid_request"');
    expect(texts).not.toContain('Word');
  });
});

test('a scope is shown without what is secret in it', async () => {
  const { gateway, idp } = await staged();
  idp.answer = {
    access_token: TOKENS.access,
    refresh_token: TOKENS.refresh,
    scope: `read https://scopes.example/all ${TOKENS.access} ${PLAIN_SECRET}\r\n${'x'.repeat(5000)}`,
  };
  const begun = await beginNotes(gateway);
  expect(await title(begun)).toBe('notes is connected');
  const { json } = await gateway.call('admin', `GET /api/v1/admin/connections/${begun.id}/oauth-status`);
  const scope = String(json['scope']);
  expect(scope).toMatch(/^read https:\/\/scopes\.example\/all \[redacted\] \[redacted\] x+$/);
  expect(scope).toHaveLength(2_000);
});

const LONG = 'a1'.repeat(1_500);
const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const TEXTS: [title: string, text: string, secrets: string[], stripped: string | null][] = [
  ['nothing', '', [], null],
  ['a URL', 'see http://x.example', [], '[redacted]'],
  ['control characters', 'a\r\n\u0000b\u2028c', [], 'a b c'],
  ['more than 200 characters', 'word '.repeat(100), [], 'word '.repeat(40)],
  [
    'a secret that reaches over the end',
    `${'word '.repeat(39)}secret-5 x`,
    ['secret-5'],
    `${'word '.repeat(39)}[reda`,
  ],
  [
    'what looks like a token',
    `old eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc is spent`,
    [],
    'old [redacted] is spent',
  ],
  ['an id to search a log by', `trace ${ID}`, [], `trace ${ID}`],
  [
    'a long word',
    'unsupported_over_the_whole_authorization_server',
    [],
    'unsupported_over_the_whole_authorization_server',
  ],
  ['a secret where reading ends', `${'a b '.repeat(1_023)}${LONG} end`, [LONG], 'a b '.repeat(50)],
  ['nothing but secrets, without end', `${LONG} `.repeat(100), [LONG], null],
];

test.each(TEXTS)('text: %s', (_title, text, secrets, stripped) => {
  const found = strippedText(text, new Hidden(secrets));
  expect(found).toBe(stripped);
  for (const secret of secrets) expect(found ?? '').not.toContain(secret.slice(0, 12));
});

test('whatever a text begins with, nothing is left of a secret that is cut', () => {
  // Reading ends behind 22,096 characters: what is known here may be three times 6,000 long.
  for (let length = 16_000; length < 22_300; length += 61) {
    const before = 'a '.repeat(length).slice(0, length);
    const found = plainText(`${before}${LONG}${LONG}`, new Hidden([LONG]));
    expect(found).not.toContain('a1a1a1');
  }
});
