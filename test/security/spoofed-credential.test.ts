import { describe, test } from 'vitest';
import { check, seen } from '../support/attack.ts';
import { CREDENTIALS } from '../support/table.ts';

/** No caller puts a credential of its own beside, or in place of, the one that the operator declared. */
const KEY = 'X-API-Key: {key}';
const BEARER = 'Authorization: Bearer {key}';
const SECRET = 'vendor-secret-9f8e7d';
const BASIC = `Basic ${Buffer.from(`user:${SECRET}`).toString('base64')}`;

function request(...fields: string[]): string {
  return ['GET /vendor/a HTTP/1.1', 'Host: gw', ...fields, '', ''].join('\r\n');
}

const MODES = [
  ['none', undefined, []],
  ['bearer', CREDENTIALS.bearer, [`Authorization: Bearer ${SECRET}`]],
  ['basic', CREDENTIALS.basic, [`Authorization: ${BASIC}`]],
  ['header', CREDENTIALS.header, [`X-Vendor-Key: ${SECRET}`]],
] as const;

describe.each(MODES)('auth_mode %s', (mode, credential, ours) => {
  test.each([
    [KEY, 'Authorization: Bearer mine'],
    [KEY, 'AUTHORIZATION: Basic bWluZTptaW5l'],
    [KEY, 'aUtHoRiZaTiOn: mine'],
    [KEY, 'Authorization:'],
    [KEY, 'Proxy-Authorization: Basic bWluZTptaW5l'],
    [KEY, 'Proxy_Authorization: Basic bWluZTptaW5l'],
    ['x-api-KEY: {key}'],
    ['X_Api_Key: {key}'],
    [BEARER, 'Connection: Authorization'],
    [BEARER],
    ['authorization: bearer {key}'],
  ])('%j %j', async (...fields) => {
    await check({
      name: mode,
      send: request(...fields),
      connection: credential === undefined ? {} : { credential },
      statuses: [200],
      upstream: seen('GET /v1/a HTTP/1.1', ...ours),
    });
  });

  test.each([
    [BEARER, 'Authorization: Bearer mine'],
    [BEARER, 'authorization: Bearer {key}'],
    [KEY, 'x_api_key: mine'],
    [KEY, 'X-Api-Key: {key}'],
    [KEY, 'X.Api.Key: mine'],
    [KEY, 'Gateway-Connection: a', 'Maton-Connection: b'],
  ])('%j twice: refused', async (...fields) => {
    await check({
      name: mode,
      send: request(...fields),
      connection: credential === undefined ? {} : { credential },
      statuses: [400],
      codes: ['message_malformed'],
    });
  });

  test.each([
    [],
    ['X-API-Key: wrong'],
    ['X-API-Key:', BEARER],
    ['X-API-Key: wrong', BEARER],
    ['Authorization: Basic {key}'],
    ['Authorization: {key}'],
    ['Authorization: Bearer {key} x'],
    ['Authorization: Bearer\t{key}'],
    ['Authorization: Bearer {key}, Bearer {key}'],
    ['Cookie: X-API-Key={key}'],
    ['X-API-Key: {key}x'],
    ['X-API-Key: "{key}"'],
    ['Proxy-Authorization: Bearer {key}'],
  ])('%j %j is nobody', async (...fields) => {
    await check({
      name: mode,
      send: request(...fields),
      connection: credential === undefined ? {} : { credential },
      statuses: [401],
      codes: ['caller_unauthenticated'],
    });
  });
});

describe('a key header of a chosen name', () => {
  test.each([
    'X-Vendor-Key: mine',
    'x-vendor-key: mine',
    'X_Vendor_Key: mine',
    'X-Vendor_KEY: mine',
    'X.Vendor.Key: mine',
    'X-VENDOR-KEY:',
  ])('%s is dropped', async (field) => {
    await check({
      name: field,
      send: request(KEY, field, 'X-Vendor-Key: again', 'X-Vendor-Keys: other'),
      connection: { credential: CREDENTIALS.header },
      statuses: [200],
      upstream: seen('GET /v1/a HTTP/1.1', 'X-Vendor-Keys: other', `X-Vendor-Key: ${SECRET}`),
    });
  });

  test('a grant that is named on a connection without grants is refused', async () => {
    await check({
      name: 'grant',
      send: request(KEY, 'Gateway_Connection: 1'),
      connection: { credential: CREDENTIALS.header },
      statuses: [400],
      codes: ['connection_missing'],
    });
  });
});
