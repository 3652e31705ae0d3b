import { describe, test } from 'vitest';
import { check, seen } from '../support/attack.ts';

/** RFC 9112 3.2: a request with no Host, more than one, or one that is no host, is answered 400. */
const KEY = 'X-API-Key: {key}\r\n';
const REFUSED_HOSTS = [
  ['none', ''],
  ['two that agree', 'Host: gw\r\nHost: gw\r\n'],
  ['two that differ', 'Host: gw\r\nHost: evil.example\r\n'],
  ['two in odd letter case', 'Host: gw\r\nhOST: evil.example\r\n'],
  ['a list', 'Host: gw, evil.example\r\n'],
  ['an empty one', 'Host:\r\n'],
  ['userinfo', 'Host: gw@evil.example\r\n'],
  ['a path', 'Host: gw/evil\r\n'],
  ['a query', 'Host: gw?evil\r\n'],
  ['a space', 'Host: gw evil\r\n'],
  ['a scheme', 'Host: http://gw\r\n'],
  ['two ports', 'Host: gw:80:81\r\n'],
  ['a port of letters', 'Host: gw:8o\r\n'],
  ['a quote', 'Host: gw"\r\n'],
  ['a backslash', 'Host: gw\\evil\r\n'],
  ['obs-text', 'Host: g\xff\r\n'],
  ['a folded line', 'Host: gw\r\n evil\r\n'],
] as const;

describe('Host', () => {
  test.each(REFUSED_HOSTS)('%s: refused', async (name, host) => {
    await check({
      name,
      send: `GET /vendor/a HTTP/1.1\r\n${host}${KEY}\r\n`,
      statuses: [400],
      codes: ['message_malformed'],
    });
  });

  test.each([
    ['another host than Host', 'http://evil.example/vendor/a'],
    ['userinfo before Host', 'http://gw@evil.example/vendor/a'],
    ['Host as userinfo', 'http://evil.example@gw/vendor/a'],
    ['another port', 'http://gw:81/vendor/a'],
    ['no authority', 'http:///vendor/a'],
  ])('absolute-form with %s: refused', async (name, target) => {
    await check({
      name,
      send: `GET ${target} HTTP/1.1\r\nHost: gw\r\n${KEY}\r\n`,
      statuses: [400],
      codes: ['message_malformed'],
    });
  });

  test.each([
    ['https://gw/vendor/a', 'target_invalid'],
    ['ftp://gw/vendor/a', 'target_invalid'],
    ['*', 'target_invalid'],
    // These end at node's parser.
    ['gw/vendor/a', 'message_malformed'],
    ['vendor/a', 'message_malformed'],
    ['?a', 'message_malformed'],
    ['http:/vendor/a', 'message_malformed'],
  ])('the target %s: refused', async (target, code) => {
    await check({
      name: target,
      send: `GET ${target} HTTP/1.1\r\nHost: gw\r\n${KEY}\r\n`,
      statuses: [400],
      codes: [code],
    });
  });

  test('the same authority in absolute-form is read as origin-form', async () => {
    await check({
      name: 'absolute-form',
      send: `GET http://GW/vendor/a?b HTTP/1.1\r\nHost: gw\r\n${KEY}\r\n`,
      statuses: [200],
      upstream: seen('GET /v1/a?b HTTP/1.1'),
    });
  });

  test('whatever Host says, the upstream hears its own name', async () => {
    await check({
      name: 'metadata',
      send: `GET /vendor/a HTTP/1.1\r\nHost: 169.254.169.254\r\n${KEY}X-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n\r\n`,
      statuses: [200],
      upstream: seen('GET /v1/a HTTP/1.1'),
    });
  });
});
