import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { mockServer } from '../support/authorization-servers.ts';
import { newBrowser } from '../support/browser.ts';
import type { Browser, Shown } from '../support/browser.ts';
import { mortalGateway } from '../support/mortal-gateway.ts';
import type { MortalGateway } from '../support/mortal-gateway.ts';
import { told } from '../support/planted.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { ABSENT, keyTexts, STORES, storeUrl } from '../support/stores.ts';
import { dumped } from '../support/tampered.ts';

// A whole run with secrets that stand nowhere else: connecting in every way, calls, refreshes, failures of all kinds.
// Then the store, the log, the metrics and every answer are read for each of them, in every form.

/** What nobody but its upstream or authorization server may see. */
const SECRETS = {
  client_secret: 'plant-client-secret+/=0a1b',
  declared: 'plant-declared-key+/=2c3d',
  header: 'plant-static-header-4e5f',
  key: 'plant-account-key+/=6a7b',
  wrong_key: 'plant-refused-key-8c9d',
  password: 'plant-password:+/=0e1f',
  access: 'plant-access-token.2a3b',
  refresh: 'plant-refresh-token.4c5d',
  later_access: 'plant-later-access.6e7f',
  later_refresh: 'plant-later-refresh.8a9b',
};

const ENCRYPTION_KEY = { encryption: Buffer.from(keyTexts(1), 'base64').toString('utf8'), text: keyTexts(1) };

/** What `Authorization` and its kin had upstream, and what the token endpoint was sent. */
interface Run {
  readonly gateway: MortalGateway;
  /** Everything that came back from either address, heads included. */
  readonly answers: string[];
  /** What went out, where the secrets have to be. */
  readonly sent: () => string;
  /** Secrets of single steps: links, states, codes, verifiers, cookies. */
  readonly steps: Map<string, string>;
  readonly idp: { tokens: readonly [access: string, refresh: string]; fails: boolean };
}

/** Refuses, and says what it was told: to a person this would be help. */
function refuse(form: URLSearchParams, response: ServerResponse): void {
  const told = ['refresh_token', 'code', 'code_verifier'].flatMap((name) => form.get(name) ?? []);
  const error_description = `no: ${[SECRETS.client_secret, ...told].join(' ')}`;
  const error = JSON.stringify({ error: 'invalid_grant', error_description });
  response.writeHead(400, { 'x-all': error_description }).end(error);
}

async function startRun(store: string): Promise<Run> {
  const idp: Run['idp'] = { tokens: [SECRETS.access, SECRETS.refresh], fails: false };
  const forms: string[] = [];
  const { origin } = await mockServer({
    instead: (request, response) => {
      forms.push(
        Buffer.from(request.headers.authorization?.slice('Basic '.length) ?? '', 'base64').toString(),
      );
      request.on('data', (chunk: Buffer) => {
        const form = new URLSearchParams(chunk.toString());
        forms.push([...form.values()].join('\n'));
        if (idp.fails) refuse(form, response);
      });
      return idp.fails ? 'refused' : 'pass';
    },
    answer: (response) => {
      const [access_token, refresh_token] = idp.tokens;
      response.body = { access_token, refresh_token, token_type: 'Bearer', expires_in: 3600 };
    },
  });
  // It says what it was told, too.
  const upstream = await rawUpstream(({ head }) => {
    const status = head.includes(SECRETS.wrong_key) || head.includes('/refused') ? '401 no' : '200 OK';
    const fields = [...head.matchAll(/^(authorization|x-key|x-static): (.*)\r$/gim)];
    const echo = fields.map(([, name, value]) => `X-Echo-${name}: ${value}\r\n`).join('');
    return `HTTP/1.1 ${status}\r\n${echo}Content-Length: 2\r\n\r\nok`;
  });
  const gateway = await mortalGateway({
    store,
    environment: { IDP_SECRET: SECRETS.client_secret, DECLARED: SECRETS.declared, HEADER: SECRETS.header },
    files: { 'catalogs/vendor/catalog.yaml': CATALOG },
    gateway: 'audit: { sink: both, parameters: true }',
    connections: () => connectionsYaml(origin, upstream.origin),
  });
  return {
    gateway,
    answers: [],
    sent: () => upstream.received() + forms.join('\n'),
    steps: new Map(),
    idp,
  };
}

const CATALOG = `catalog: vendor
auth:
  api_key: { in: header, name: X-Key }
  oauth2: {}
verify: { method: GET, path: /me }
`;

function connectionsYaml(idp: string, upstream: string): string {
  return `connections:
  notes:
    base_url: ${upstream}
    catalog: vendor
    auth_mode: oauth2_authorization_code
    oauth2_authorization_url: ${idp}/authorize
    oauth2_token_url: ${idp}/token
    oauth2_client_id: me
    oauth2_client_secret: "\${env:IDP_SECRET}"
    static_headers: { X-Static: "\${env:HEADER}" }
    grants: true
  keyed: { base_url: "${upstream}", catalog: vendor, auth_mode: api_key, grants: true }
  paired: { base_url: "${upstream}", auth_mode: basic, grants: true }
  declared: { base_url: "${upstream}", auth_mode: bearer, credential: "\${env:DECLARED}" }
  dead: { base_url: "http://127.0.0.1:1", auth_mode: bearer, credential: "\${env:DECLARED}" }
`;
}

function keep({ answers }: Run, head: string, headers: Headers, text: string): void {
  answers.push([head, ...[...headers].map((pair) => pair.join(': ')), text].join('\n'));
}

async function ask(
  run: Run,
  address: 'base' | 'control',
  line: string,
  init: RequestInit = {},
): Promise<string> {
  const { gateway } = run;
  const [method = '', path = ''] = line.split(' ');
  const response = await fetch(gateway[address] + path, {
    method,
    headers: { authorization: `Bearer ${gateway.key}` },
    ...init,
  });
  const text = await response.text();
  keep(run, `${line} ${response.status}`, response.headers, text);
  return text;
}

/** Asks the control API. A link that an answer brings on purpose is taken out of what is read later. */
async function control(run: Run, line: string, body?: object): Promise<Record<string, unknown>> {
  const text = await ask(run, 'control', line, body === undefined ? {} : { body: JSON.stringify(body) });
  const token = /session_token=([\w.-]+)/.exec(text)?.[1];
  if (token !== undefined) run.steps.set(`link ${run.steps.size}`, token);
  return JSON.parse(text) as Record<string, unknown>;
}

async function opened(
  run: Run,
  browser: Browser,
  url: string,
  values: Record<string, string>,
): Promise<Shown> {
  const page = await browser.open(url);
  keep(run, page.url, page.headers, page.text);
  const end = await browser.submit(page, values);
  keep(run, end.url, end.headers, end.text);
  for (const at of browser.visited)
    for (const [name, value] of new URL(at).searchParams)
      if (['state', 'code'].includes(name)) run.steps.set(`${name} ${run.steps.size}`, value);
  for (const [name, value] of browser.cookies) run.steps.set(`cookie ${name} ${run.steps.size}`, value);
  return end;
}

async function connect(run: Run, app: string, values: Record<string, string> = {}): Promise<string> {
  const created = await control(run, 'POST /connections', { app });
  await opened(run, newBrowser(), String(created['url']), values);
  return String(created['connection_id']);
}

/** Connects in every way, calls, refreshes, fails. */
async function everything(run: Run): Promise<void> {
  const { idp } = run;
  const refused = await connect(run, 'keyed', { credential: SECRETS.wrong_key });
  const keyed = await connect(run, 'keyed', { credential: SECRETS.key });
  const paired = await connect(run, 'paired', { username: 'user-of-one', password: SECRETS.password });
  idp.fails = true;
  const broken = await connect(run, 'notes');
  idp.fails = false;
  const notes = await connect(run, 'notes');
  for (const app of ['notes', 'keyed', 'paired', 'declared', 'dead', 'nothing'])
    for (const path of ['a', 'a?token=b', '../a']) await ask(run, 'base', `GET /${app}/${path}`);
  idp.tokens = [SECRETS.later_access, SECRETS.later_refresh];
  await control(run, `POST /api/v1/admin/connections/${notes}/reacquire-oauth`);
  await ask(run, 'base', 'GET /notes/later');
  idp.fails = true;
  await ask(run, 'base', 'GET /notes/refused');
  await control(run, `POST /api/v1/admin/connections/${notes}/reacquire-oauth`);
  await ask(run, 'base', 'GET /notes/broken');
  for (const id of [refused, keyed, paired, broken, notes]) {
    await control(run, `GET /connections/${id}`);
    await control(run, `GET /connections/${id}/events`);
    await control(run, `POST /connections/${id}/verify`);
    await control(run, `GET /api/v1/admin/connections/${id}`);
    await control(run, `GET /api/v1/admin/connections/${id}/oauth-status`);
    await control(run, `GET /api/v1/admin/connections/${id}/auth-events`);
  }
  await control(run, 'GET /connections');
  await control(run, 'GET /api/v1/admin/connections');
  await control(run, 'GET /api/v1/admin/connections/oauth-health');
  await control(run, `POST /connections/${notes}/reconnect`, {});
  await control(run, `DELETE /connections/${paired}`);
  await control(run, 'POST /connections', { app: SECRETS.key, odd: SECRETS.password });
  for (const path of [
    '/metrics',
    '/readyz',
    '/healthz',
    '/connect?session_token=x',
    '/api/v1/admin/oauth/callback?state=x',
  ])
    await ask(run, 'control', `GET ${path}`);
}

describe.each(STORES)('%s', (_name, kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  test('no secret is in the store, the log, the metrics or an answer', async () => {
    const url = await storeUrl(kind);
    const run = await startRun(url);
    await everything(run);
    const { gateway, answers, steps } = run;
    // Each of them was used, and is found where it has to be.
    expect(told(run.sent(), SECRETS)).toEqual(Object.keys(SECRETS));
    expect(answers.filter((answer) => answer.includes('gateway-error')).length).toBeGreaterThan(8);
    expect(answers.join('')).toContain('gw_operation_unknown_total');
    expect([...steps.keys()].map((name) => name.split(' ')[0])).toEqual(
      expect.arrayContaining(['link', 'state', 'code', 'cookie']),
    );
    await gateway.kill();
    const log = JSON.stringify(gateway.log);
    const store = (await dumped(url)) + filesOf(url);
    for (const table of ['gw_grants', 'gw_grant_events', 'gw_oauth_states', 'gw_audit'])
      expect(store).toContain(table);
    expect(store).toContain('grant_refused');
    const secrets = { ...SECRETS, ...ENCRYPTION_KEY };
    expect(told(store, { ...secrets, ...Object.fromEntries(steps), key_of_caller: gateway.key })).toEqual([]);
    expect(told(log, { ...secrets, ...Object.fromEntries(steps), key_of_caller: gateway.key })).toEqual([]);
    // A link, its state and its cookie go to whoever connects; nothing else does.
    expect(told(answers.join('\n'), { ...secrets, key_of_caller: gateway.key })).toEqual([]);
  });
});

/** Gives the bytes of an embedded store's files: what was written over may still be in them. */
function filesOf(url: string): string {
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path === undefined) return '';
  const folder = dirname(path);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(join(folder, name), 'latin1'))
    .join('');
}
