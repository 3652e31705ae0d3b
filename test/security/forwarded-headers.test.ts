import { request } from 'node:http';
import { expect, test } from 'vitest';
import { openStore } from '../../runtime/grants/store/open-store.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { mockServer, PLAIN_SECRET } from '../support/authorization-servers.ts';
import { controlGateway, KEYS } from '../support/control-gateway.ts';
import type { ControlGateway } from '../support/control-gateway.ts';
import { consentYaml } from '../support/sign-in.ts';

// Whoever can send a field with a request (a page, a proxy that passes everything on) must not choose where a link or a
// redirect URI leads: an authorization code would go there. Links are made of control_url, or of the address itself.

const EVIL = 'evil.example';

/** What tells gateways behind proxies of what the browser asked for. */
const FORWARDED: Readonly<Record<string, string>> = {
  forwarded: `for=192.0.2.1;host=${EVIL};proto=https`,
  'x-forwarded-host': EVIL,
  'x-forwarded-server': EVIL,
  'x-forwarded-proto': 'https',
  'x-forwarded-scheme': 'https',
  'x-forwarded-ssl': 'on',
  'x-forwarded-port': '8443',
  'x-forwarded-prefix': `/${EVIL}`,
  'x-forwarded-for': '192.0.2.1',
  'x-original-host': EVIL,
  'x-original-url': `/${EVIL}`,
  'x-rewrite-url': `/${EVIL}`,
  'x-host': EVIL,
  'front-end-https': 'on',
  referer: `https://${EVIL}/`,
  via: `1.1 ${EVIL}`,
};

interface Told {
  readonly status: number;
  /** Head and body. */
  readonly all: string;
  readonly text: string;
  readonly cookie: string;
}

/** Sends a request to the control address, with all of these fields. */
function send(
  { controlPort }: ControlGateway,
  line: string,
  { headers = {}, body = '' }: { headers?: Readonly<Record<string, string>>; body?: string } = {},
): Promise<Told> {
  const [method = '', path = ''] = line.split(' ');
  return new Promise((resolve, reject) => {
    const fields = { ...FORWARDED, host: `localhost:${controlPort}`, ...headers };
    const sent = request(
      { port: controlPort, host: '127.0.0.1', method, path, headers: fields },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          const cookie = response.headers['set-cookie']?.[0] ?? '';
          resolve({
            status: response.statusCode ?? 0,
            all: response.rawHeaders.join('\n') + text,
            text,
            cookie,
          });
        });
      },
    );
    sent.on('error', reject).end(body);
  });
}

function inputOf({ text }: Told, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
}

const WAYS: [title: string, gateway: string, base: (gateway: ControlGateway) => string, cookie: RegExp][] = [
  [
    'without control_url',
    '',
    ({ control }) => control,
    /^gw_connect=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
  ],
  [
    'with control_url',
    'control_url: https://connect.gw.example/base',
    () => 'https://connect.gw.example/base',
    /^__Host-gw_connect=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  ],
];

test.each(WAYS)('no field of a request is in a link or a redirect URI: %s', async (_title, yaml, ...of) => {
  const forms: URLSearchParams[] = [];
  const { origin } = await mockServer({
    instead: (asked) => {
      asked.on('data', (chunk: Buffer) => forms.push(new URLSearchParams(chunk.toString())));
      return 'pass';
    },
  });
  const gateway = await controlGateway(() => consentYaml({ idp: origin }), {
    environment: { IDP_SECRET: PLAIN_SECRET },
    gateway: yaml,
  });
  const [baseOf, cookieForm] = of;
  const base = baseOf(gateway);
  const redirect_uri = `${base}/api/v1/admin/oauth/callback`;
  const key = { authorization: `Bearer ${KEYS.one}` };
  const answers: Told[] = [];
  const asked = async (...call: Parameters<typeof send>): Promise<Told> => {
    const answer = await send(...call);
    answers.push(answer);
    return answer;
  };

  const created = await asked(gateway, 'POST /connections', { headers: key, body: '{"app":"notes"}' });
  const { connection_id } = JSON.parse(created.text) as { connection_id: string };
  const again = await asked(gateway, `POST /connections/${connection_id}/reconnect`, { headers: key });
  const urls = [created, again].map(({ text }) => /"url":"([^"]*)"/.exec(text)?.[1] ?? '');
  for (const url of urls) expect(url.startsWith(`${base}/connect?session_token=`)).toBe(true);
  expect(created.all).toContain(`Location\n/connections/${connection_id}\n`);

  const path = `/connect${new URL(urls[1] ?? '').search}`;
  const page = await asked(gateway, `GET ${path}`);
  expect(page.text).toContain(`<form method="post" action="${base}/connect"`);
  expect(page.cookie).toMatch(cookieForm);
  const cookie = page.cookie.split(';')[0] ?? '';
  const begin = async (): Promise<URL> => {
    const { text } = await asked(gateway, 'POST /connect', {
      headers: { cookie, origin: 'null', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        session_token: inputOf(page, 'session_token'),
        proof: inputOf(page, 'proof'),
      }).toString(),
    });
    return new URL(/content="0;url=([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '');
  };
  const led = await begin();
  expect(led.searchParams.get('redirect_uri')).toBe(redirect_uri);
  // What is kept for the callback.
  const store = await openStore(new Hidden(`sqlite:${gateway.folder}/state/gw.db`), {
    keys: null,
    keyMade: () => {},
  });
  const kept = await store.takeState(led.searchParams.get('state') ?? '');
  await store.close();
  expect(JSON.parse(kept?.content.reveal() ?? '')).toMatchObject({ kind: 'oauth2', redirect_uri });

  const no = (await begin()).searchParams.get('state') ?? '';
  const callback = '/api/v1/admin/oauth/callback';
  const refused = await asked(gateway, `GET ${callback}?error=access_denied&state=${no}`, {
    headers: { cookie },
  });
  expect(refused.text).toContain(`href="${base}/connect?session_token=`);
  const agreed = await fetch(await begin(), { redirect: 'manual' });
  const { origin: at, pathname, search } = new URL(agreed.headers.get('location') ?? '');
  expect(at + pathname).toBe(redirect_uri);
  const done = await asked(gateway, `GET ${callback}${search}`, { headers: { cookie } });
  expect(done.text).toContain('<title>notes is connected</title>');
  expect(forms.map((form) => form.get('redirect_uri'))).toEqual([redirect_uri]);

  expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 200, 200, 200, 200, 200]);
  for (const { all } of answers) expect(all).not.toMatch(/evil\.example|8443|192\.0\.2\.1|localhost/);
  expect(gateway.log.join('\n')).not.toContain(EVIL);
});
