import { describe, expect, test } from 'vitest';
import { rewriteLink, rewriteLocation } from '../../runtime/7-relay/rewrite-links.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { carryOut, check, head, seen } from '../support/attack.ts';
import type { Attack } from '../support/attack.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { CREDENTIALS } from '../support/table.ts';
import type { ConnectionSpec } from '../support/table.ts';

/** A redirect is relayed, never followed; and no answer tells the caller the secret that was injected. */
const SECRET = 'vendor-secret-9f8e7d';
const SEEN: Record<string, string> = {
  query: seen(`GET /v1/a?api_key=${SECRET} HTTP/1.1`),
  bearer: seen('GET /v1/a HTTP/1.1', `Authorization: Bearer ${SECRET}`),
};

describe('redirects', () => {
  test.each([301, 302, 303, 307, 308])('%i to another host is not followed', async (status) => {
    const elsewhere = await rawUpstream();
    const location = `${elsewhere.origin}/steal`;
    const { bytes } = await check({
      name: 'elsewhere',
      send: head('GET /vendor/a HTTP/1.1'),
      connection: { credential: CREDENTIALS.bearer },
      answer: ({ head: asked }) =>
        asked.includes('/marker')
          ? 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
          : `HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`,
      statuses: [status],
      upstream: SEEN['bearer'] ?? '',
    });
    expect(bytes).toContain(`Location: ${location}\r\n`);
    expect(elsewhere.sockets).toBe(0);
  });
});

/** What is meant to be read in one way here, and to lead to `/other` of the gateway where a client reads it. */
const ASTRAY = [
  '/other',
  '//gw:8080/other',
  '/../other',
  '/a/%2e%2e/%2E./other',
  '..//..//../other',
  '..',
  '?x',
  'http:/other',
  'HTTP:/other/x',
  'http:other',
  'http:../../other',
  'https:/other',
  'https:../../other',
  'http:/gw:8080/other',
  'http:///gw:8080/other',
  'http:\\other',
  '/\\gw:8080/other',
  '\\other',
  'ht\ttp:/other',
  '/\t/gw:8080/other',
  ' /other',
  'http:/other:{',
  'http:',
  'http:#x',
  '#x',
  '',
  'http://GW:8080/other',
  'http://u@gw:8080/other',
  'http://gw:8080/vendor/../other',
  'http://gw:8080',
];

/** The links of a connection that changes nothing but the base path. */
const PLAIN = {
  connection: 'vendor',
  hosts: [],
  path: null,
  key: null,
  placeholders: new Hidden(new Map<string, string>()),
};
const GATEWAYS = ['http://gw:8080', 'https://gw:8080'].flatMap((gateway) =>
  ['http://up.example', 'https://up.example'].flatMap((origin) =>
    ['', '/v1'].flatMap((base_path) =>
      [null, gateway].map((public_url) => ({
        gateway,
        base: { ...PLAIN, places: new Hidden([{ origin, base_path }]), public_url },
        asked: { path: `${base_path}/a/b?api_key=${SECRET}`, host: 'gw:8080', upstream: 0 },
      })),
    ),
  ),
);

describe('a client that follows', () => {
  test.each(ASTRAY)('%j comes to no other connection, and is told no key', (value) => {
    for (const { gateway, base, asked } of GATEWAYS) {
      const link = /<(.*)>/.exec(rewriteLink(`<${value}>; rel=next`, base, asked))?.[1] ?? '';
      const given = [link, rewriteLocation(value, base, asked) ?? 'about:blank'];
      const followed = given.map((one) => new URL(one, `${gateway}/vendor/a/b`));
      const astray = followed.filter(
        ({ host, pathname }) => host === 'gw:8080' && !/^\/vendor(?:\/|$)/.test(pathname),
      );
      expect({ base, given, astray }).toEqual({ base, given, astray: [] });
      expect(given.join()).not.toContain(SECRET);
    }
  });
});

const SPECIAL = "p@ss w0rd/+&=!'()*~%é";
const ECHOES: [name: string, credential: ConnectionSpec['credential'], secret: string, echo: string][] = [
  ['as it is', CREDENTIALS.query, SECRET, `https://x.example/?api_key=${SECRET}&b`],
  ['in a bearer header', CREDENTIALS.bearer, SECRET, `/login?token=Bearer%20${SECRET}`],
  ['twice', CREDENTIALS.query, SECRET, `/a?${SECRET}#${SECRET}`],
  ['needlessly encoded', CREDENTIALS.query, SECRET, `/a?k=vendor%2Dsecret%2d9f8e7d`],
  [
    'every letter encoded',
    CREDENTIALS.query,
    SECRET,
    `/a?k=${Array.from(SECRET, (c) => `%${c.charCodeAt(0).toString(16)}`).join('')}`,
  ],
  ['as encodeURIComponent has it', CREDENTIALS.query, SPECIAL, `/a?k=${encodeURIComponent(SPECIAL)}&b`],
  [
    'in lower-case hex',
    CREDENTIALS.query,
    SPECIAL,
    `/a?k=${encodeURIComponent(SPECIAL).replace(/%../g, (hex) => hex.toLowerCase())}`,
  ],
  ['as a form has it', CREDENTIALS.query, SPECIAL, `/a?${new URLSearchParams({ k: SPECIAL }).toString()}`],
  [
    'in a URL within a URL',
    CREDENTIALS.query,
    SPECIAL,
    `/login?next=${encodeURIComponent(`/a?k=${encodeURIComponent(SPECIAL)}`)}`,
  ],
  [
    'within a form within a URL',
    CREDENTIALS.query,
    SPECIAL,
    `/login?next=${encodeURIComponent(`/a?${new URLSearchParams({ k: SPECIAL }).toString()}`)}`,
  ],
  ['as UTF-8 bytes', CREDENTIALS.query, SPECIAL, `/a?k=${Buffer.from(SPECIAL, 'utf8').toString('latin1')}`],
  [
    'as the basic pair',
    CREDENTIALS.basic,
    SECRET,
    `/a?b=${Buffer.from(`user:${SECRET}`).toString('base64')}`,
  ],
  ['the basic password', CREDENTIALS.basic, SECRET, `/a?b=${SECRET}`],
];

describe('an answer that echoes the injected secret', () => {
  test.each(ECHOES)('%s', async (name, credential, secret, echo) => {
    const attack: Attack = {
      name,
      send: head('GET /vendor/a HTTP/1.1'),
      connection: { ...(credential === undefined ? {} : { credential }), rewrite_links: false },
      environment: { SECRET: secret },
      answer: `HTTP/1.1 302 See ${echo}\r\nLocation: ${echo}\r\nX-Echo: ${echo}\r\nLink: <${echo}>; rel=next\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: ${echo}\r\n\r\n`,
      statuses: [302],
    };
    const { bytes } = await carryOut(attack);
    const told = bytes.split('\r\n').filter((line) => !/^(?:Date|Connection|Keep-Alive|Transfer)/.test(line));
    // The four headers and the reason: each has the mark, and none the secret in any form that decodes to it.
    expect(told.filter((line) => line.includes('[redacted]')).length).toBe(5);
    expect(decodings(bytes).some((text) => text.includes(secret))).toBe(false);
  });

  test('what is no secret keeps its bytes', async () => {
    const { bytes } = await check({
      name: 'alike',
      send: head('GET /vendor/a HTTP/1.1'),
      connection: { credential: CREDENTIALS.query, rewrite_links: false },
      answer:
        'HTTP/1.1 302 Found\r\nLocation: /a?x=vendor-secret-9f8e7&y=%7e+%zz%\r\nContent-Length: 0\r\n\r\n',
      statuses: [302],
      upstream: SEEN['query'] ?? '',
    });
    expect(bytes).toContain('Location: /a?x=vendor-secret-9f8e7&y=%7e+%zz%\r\n');
  });
});

/** A text decoded up to three times, with `+` as it is and as a space. */
function decodings(text: string): string[] {
  const all = [text, Buffer.from(text, 'latin1').toString('utf8')];
  let layer = text;
  for (let depth = 0; depth < 3; depth += 1) {
    layer = layer.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    all.push(
      ...[layer, layer.replaceAll('+', ' ')].map((one) => Buffer.from(one, 'latin1').toString('utf8')),
    );
  }
  return all;
}
