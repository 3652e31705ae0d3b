import { expect, test } from 'vitest';
import { callbackState, readCallback } from '../../../runtime/grants/oauth/callback.ts';

const STATES: [query: string, state: string | null][] = [
  ['state=abc&code=1', 'abc'],
  ['code=1&state=a%2Bb', 'a+b'],
  ['code=1', null],
  ['state=', null],
  ['state=a&state=a', null],
];

test.each(STATES)('the state of %s', (query, state) => {
  expect(callbackState(query)?.reveal() ?? null).toBe(state);
});

const ENDPOINTS = ['https://login.example/authorize', 'https://id.example:8443/token'];
const CALLBACKS: [query: string, issuer: string | null, expected: string][] = [
  ['code=abc&state=s', null, 'code abc'],
  ['code=a%2Bb&state=s&session_state=x', null, 'code a+b'],
  ['state=s', null, 'callback_malformed null'],
  ['code=&state=s', null, 'callback_malformed null'],
  ['code=a&code=b&state=s', null, 'callback_malformed null'],
  ['code=a&state=s&iss=https://login.example', null, 'code a'],
  ['code=a&state=s&iss=https://id.example:8443/tenant', null, 'code a'],
  ['code=a&state=s&iss=https://id.example', null, 'issuer_mismatch [redacted]'],
  ['code=a&state=s&iss=https://login.example.evil.example', null, 'issuer_mismatch [redacted]'],
  ['code=a&state=s&iss=login.example', null, 'issuer_mismatch login.example'],
  ['code=a&state=s&iss=', null, 'issuer_mismatch null'],
  ['code=a&state=s&iss=https://issuer.example', 'https://issuer.example', 'code a'],
  ['code=a&state=s&iss=https://issuer.example/', 'https://issuer.example', 'issuer_mismatch [redacted]'],
  ['code=a&state=s&iss=https://login.example', 'https://issuer.example', 'issuer_mismatch [redacted]'],
  ['error=access_denied&state=s', null, 'consent_refused access_denied'],
  ['error=access_denied&code=a&state=s', null, 'consent_refused access_denied'],
  ['error=invalid_scope&error_description=no+%3Cb%3E%0d%0a', null, 'scope_refused invalid_scope no <b>'],
  ['error=temporarily_unavailable', null, 'authorization_unavailable temporarily_unavailable'],
  ['error=constructor', null, 'authorization_refused constructor'],
  ['error=', null, 'authorization_refused null'],
  ['error=x&error_description=https://evil.example', null, 'authorization_refused [redacted]'],
  ['error=access_denied&iss=https://evil.example', null, 'issuer_mismatch [redacted]'],
];

test.each(CALLBACKS)('%s, issuer %s', (query, issuer, expected) => {
  const callback = readCallback(query, { issuer, endpoints: ENDPOINTS });
  const got =
    callback.kind === 'code' ? ['code', callback.code.reveal()] : [callback.reason, callback.detail];
  expect(got.map(String).join(' ')).toBe(expected);
});

test('the parameters are kept for variables', () => {
  const callback = readCallback('code=a&state=s&accounts-server=x', { issuer: null, endpoints: [] });
  expect(callback.kind === 'code' && [...callback.parameters.reveal()]).toEqual([
    ['code', 'a'],
    ['state', 's'],
    ['accounts-server', 'x'],
  ]);
});
