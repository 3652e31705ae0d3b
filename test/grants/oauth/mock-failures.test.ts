import { gzipSync } from 'node:zlib';
import { test } from 'vitest';
import { Hidden } from '../../../runtime/hidden.ts';
import { body, checkRow, instead, REFRESH } from '../../support/mock-row.ts';
import type { MockRow } from '../../support/mock-row.ts';
import { CLIENT_SECRET } from '../../support/oauth-plan.ts';
import { NOW } from '../../support/token-client.ts';

// No token from oauth2-mock-server, whose answers are changed into those that vendors really give.

const ROWS: Record<string, MockRow> = {
  HTML: { disturbance: instead(200, '<html>'), expected: { kind: 'transient', reason: 'answer_malformed' } },
  'HTML that looks like a form': {
    disturbance: instead(200, '<a href="?x=1">', { 'Content-Type': 'text/plain' }),
    expected: { kind: 'transient', reason: 'answer_malformed' },
  },
  'half of a JSON': {
    disturbance: instead(200, '{"access_token":"a"'),
    expected: { kind: 'transient', reason: 'answer_malformed' },
  },
  nothing: { disturbance: instead(200, ''), expected: { kind: 'transient', reason: 'answer_malformed' } },
  'compressed, unasked': {
    disturbance: instead(200, gzipSync('{"access_token":"a"}'), { 'Content-Encoding': 'gzip' }),
    expected: { kind: 'transient', reason: 'answer_malformed' },
  },
  'a token that is no text': {
    disturbance: body({ access_token: { a: 1 } }),
    expected: { kind: 'transient', reason: 'answer_incomplete' },
  },
  'a token that no header carries': {
    disturbance: body({ access_token: 'a\nb' }),
    expected: { kind: 'transient', reason: 'answer_malformed' },
  },
  '10 MB': {
    disturbance: instead(200, `{"access_token":"${'a'.repeat(10_000_000)}"}`),
    expected: { kind: 'transient', reason: 'answer_too_large' },
  },
  'a redirect': {
    disturbance: instead(308, '{"access_token":"a"}', { Location: '/jwks' }),
    expected: { kind: 'transient', reason: 'redirected' },
  },
  slow: {
    timeout_ms: 50,
    disturbance: { instead: () => {} },
    expected: { kind: 'transient', reason: 'timed_out' },
  },
  'slow behind its head': {
    timeout_ms: 300,
    disturbance: { instead: (_request, response) => response.writeHead(200).write('{') },
    expected: { kind: 'transient', reason: 'timed_out' },
  },
  '500 with an error that would be terminal': {
    disturbance: body({ error: 'invalid_grant' }, 500),
    expected: { kind: 'transient', reason: 'server_failed' },
  },
  '503 with a time': {
    disturbance: instead(503, '', { 'Retry-After': '7' }),
    expected: { kind: 'transient', reason: 'server_failed', retry_after_ms: 7000 },
  },
  'a time that is none': {
    disturbance: instead(503, '', { 'Retry-After': 'soon' }),
    expected: { kind: 'transient', retry_after_ms: null },
  },
  'a time beyond all reason': {
    disturbance: instead(429, '', { 'Retry-After': '99999999999' }),
    expected: { kind: 'transient', reason: 'rate_limited', retry_after_ms: 3_600_000 },
  },
  '403': {
    disturbance: body({ error: 'invalid_grant' }, 403),
    expected: { kind: 'transient', reason: 'request_refused' },
  },
  '400 without words': {
    disturbance: instead(400, ''),
    expected: { kind: 'transient', reason: 'request_refused', detail: null },
  },
  '401 with an error of the grant': {
    disturbance: body({ error: 'invalid_grant', error_description: 'gone' }, 401),
    expected: { kind: 'terminal', reason: 'grant_refused', detail: 'invalid_grant: gone' },
  },
  '401 with HTML': {
    disturbance: instead(401, '<html>'),
    expected: { kind: 'terminal', reason: 'client_refused' },
  },
  invalid_scope: {
    disturbance: body({ error: 'invalid_scope' }, 400),
    expected: { kind: 'transient', reason: 'request_refused', detail: 'invalid_scope' },
  },
  'an error with status 200, beside a token': {
    disturbance: body({ error: 'bad_verification_code', access_token: 'a' }),
    expected: { kind: 'terminal', reason: 'grant_refused', detail: 'bad_verification_code' },
  },
  'an error that is an object': {
    disturbance: body({ error: { code: 'invalid_client', message: 'who?' } }, 400),
    expected: { kind: 'terminal', reason: 'client_refused', detail: 'invalid_client: who?' },
  },
  "an error in the catalog's dialect": {
    plan: { error: { pointer: '/ok', equals: 'false', reason: '/error' } },
    disturbance: body({ ok: false, error: 'invalid_refresh_token' }),
    expected: { kind: 'terminal', reason: 'grant_refused', detail: 'invalid_refresh_token' },
  },
  "an unknown error in the catalog's dialect": {
    plan: { error: { pointer: '/code', equals: '1', reason: null } },
    disturbance: body({ code: 1, access_token: 'a' }),
    expected: { kind: 'transient', reason: 'request_refused' },
  },
  "a success in the catalog's dialect": {
    plan: { error: { pointer: '/ok', equals: 'false', reason: '/error' } },
    disturbance: body({ ok: true, access_token: 'a' }),
    expected: { kind: 'ok' },
  },
  'texts that would do harm in a log': {
    disturbance: body({ error: 'odd\r\nlevel=50', error_description: `\u001b[31m ${'x'.repeat(300)}` }, 400),
    expected: { detail: `odd level=50:  [31m ${'x'.repeat(180)}` },
  },
  'a link': {
    disturbance: body({ error: 'x', error_description: 'see https://evil.example/' }, 400),
    expected: { detail: '[redacted]' },
  },
  'what we sent in confidence': {
    ask: REFRESH,
    disturbance: body(
      { error: 'x', error_description: `${encodeURIComponent(CLIENT_SECRET)} refresh-1` },
      400,
    ),
    expected: { detail: 'x: [redacted] [redacted]' },
  },
  'nothing is sent without a refresh token': {
    ask: { kind: 'refresh', refresh_token: null, refresh_expires_at: null },
    plan: { token_url: 'http://127.0.0.1:1/' },
    expected: { kind: 'terminal', reason: 'refresh_token_missing', detail: null },
  },
  'nor behind the end of one': {
    ask: { kind: 'refresh', refresh_token: new Hidden('refresh-1'), refresh_expires_at: NOW },
    expected: { kind: 'terminal', reason: 'refresh_token_expired', detail: null },
  },
  'nobody listens': {
    plan: { token_url: 'http://127.0.0.1:1/' },
    expected: { kind: 'transient', reason: 'unreachable', retry_after_ms: null },
  },
};

test.each(Object.entries(ROWS))('%s', (_title, row) => checkRow(row));
