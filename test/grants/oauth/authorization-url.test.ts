import { expect, test } from 'vitest';
import {
  authorizationUrl,
  challengeOf,
  newState,
  newVerifier,
} from '../../../runtime/grants/oauth/authorization-url.ts';
import { placeUrl } from '../../../runtime/grants/oauth/place-url.ts';
import { Hidden } from '../../../runtime/hidden.ts';
import type { OAuth2Plan } from '../../../table/types.ts';
import { oauth2Plan } from '../../support/oauth-plan.ts';

const REQUEST = {
  url: 'https://idp.example/authorize',
  client_id: 'a client/1',
  redirect_uri: 'https://gw.example.com/api/v1/admin/oauth/callback',
  state: new Hidden('the-state'),
  verifier: new Hidden('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'),
};
const REDIRECT = 'redirect_uri=https%3A%2F%2Fgw.example.com%2Fapi%2Fv1%2Fadmin%2Foauth%2Fcallback';
const BEGIN = `response_type=code&client_id=a%20client%2F1&${REDIRECT}&state=the-state`;
// RFC 7636 appendix B.
const PKCE = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';

const URLS: [title: string, plan: Partial<OAuth2Plan>, url: string, expected: string][] = [
  ['plain', {}, REQUEST.url, `?${BEGIN}&${PKCE}`],
  ['without PKCE', { pkce: false }, REQUEST.url, `?${BEGIN}`],
  [
    'scopes as written',
    { pkce: false, scopes: ['offline access', 'a:b/c'] },
    REQUEST.url,
    `?${BEGIN}&scope=offline%20access%20a%3Ab%2Fc`,
  ],
  [
    'another separator',
    { pkce: false, scopes: ['a', 'b'], scope_separator: ',' },
    REQUEST.url,
    `?${BEGIN}&scope=a%2Cb`,
  ],
  ['prompt', { pkce: false, prompt: 'consent' }, REQUEST.url, `?${BEGIN}&prompt=consent`],
  [
    'parameters of the catalog, one in place of ours',
    {
      pkce: false,
      prompt: 'none',
      authorize_params: [
        ['owner', 'user & co'],
        ['prompt', 'login'],
      ],
    },
    REQUEST.url,
    `?${BEGIN}&prompt=login&owner=user%20%26%20co`,
  ],
  [
    'what is left out',
    { drop_authorize_params: ['code_challenge_method', 'response_type'] },
    REQUEST.url,
    `?${BEGIN.replace('response_type=code&', '')}&${PKCE.split('&')[0]}`,
  ],
  [
    'what tells answers from forged ones stays ours',
    {
      pkce: false,
      drop_authorize_params: ['state', 'client_id', 'redirect_uri'],
      authorize_params: [
        ['redirect_uri', 'https://evil.example'],
        ['state', 'x'],
      ],
    },
    REQUEST.url,
    `?${BEGIN}`,
  ],
  ['a query that is there', { pkce: false }, `${REQUEST.url}?a=1&b=`, `?a=1&b=&${BEGIN}`],
  ['an empty query', { pkce: false }, `${REQUEST.url}?`, `?${BEGIN}`],
  ['a query with an open end', { pkce: false }, `${REQUEST.url}?a&`, `?a&${BEGIN}`],
];

test.each(URLS)('%s', (_title, plan, url, expected) => {
  const whole = authorizationUrl(oauth2Plan('https://idp.example', plan), { ...REQUEST, url });
  expect(whole.reveal()).toBe(REQUEST.url + expected);
});

test('PKCE is not left out for want of a verifier', () => {
  const plan = oauth2Plan('https://idp.example');
  expect(() => authorizationUrl(plan, { ...REQUEST, verifier: null })).toThrow('needs a verifier');
});

test('states and verifiers are long, of the alphabet of RFC 7636 4.1, and each another', () => {
  const states = Array.from({ length: 100 }, () => newState().reveal());
  const verifiers = Array.from({ length: 100 }, () => newVerifier().reveal());
  for (const state of states) expect(state).toMatch(/^[\w-]{43}$/);
  for (const verifier of verifiers) expect(verifier).toMatch(/^[\w-]{86}$/);
  expect(new Set([...states, ...verifiers]).size).toBe(200);
  expect(challengeOf(newVerifier())).toMatch(/^[\w-]{43}$/);
});

const VALUES: Record<string, string> = {
  region: 'eu-1',
  tenant: 'a b/c',
  plain: 'contoso',
  evil: 'evil.example/',
  dots: '..',
  half: '\ud800',
  ip: '0x7f.1',
};

const FILLED: [text: string, expected: object][] = [
  ['https://idp.example//t?x=%20', { url: 'https://idp.example//t?x=%20', guarded: false }],
  ['https://login.{region}.example/token', { url: 'https://login.eu-1.example/token', guarded: true }],
  ['https://login.example/{plain}/token', { url: 'https://login.example/contoso/token', guarded: false }],
  ['https://login.example/t?org={tenant}', { url: 'https://login.example/t?org=a%20b%2Fc', guarded: false }],
  ['https://{region}.example//{plain}', { url: 'https://eu-1.example//contoso', guarded: true }],
  ['https://login.example/{tenant}/token', { variable: 'tenant', fault: 'cannot be a segment of a path' }],
  ['https://login.example/{dots}/token', { variable: 'dots', fault: 'cannot be a segment of a path' }],
  ['https://{evil}.example/token', { variable: 'evil', fault: 'cannot stand in a host name' }],
  ['https://login.example/?x={half}', { variable: 'half', fault: 'is not UTF-8' }],
  ['https://{ip}/token', { variable: null, fault: 'make a base_url that has a host that means another one' }],
];

test.each(FILLED)('filled in: %s', (text, expected) => {
  expect(placeUrl(text, (name) => VALUES[name] ?? '')).toEqual(expected);
});
