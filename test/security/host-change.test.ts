import { describe, test } from 'vitest';
import { check, head, seen } from '../support/attack.ts';
import { CREDENTIALS } from '../support/table.ts';

/** No target, however odd, takes the credential to another host or out of the base path (design, section 6.2). */
const REFUSED: [target: string, code: string, status?: number][] = [
  ['/vendor/\\evil.example', 'target_invalid'],
  ['/vendor\\evil.example', 'target_invalid'],
  ['/\\evil.example/x', 'target_invalid'],
  ['/vendor/\tevil', 'message_malformed'],
  ['/vendor/a#@evil.example', 'target_invalid'],
  ['/vendor/..', 'target_invalid'],
  ['/vendor/.', 'target_invalid'],
  ['/vendor/../x', 'target_invalid'],
  ['/vendor/%2e%2e/x', 'target_invalid'],
  ['/vendor/%2E./x', 'target_invalid'],
  ['/vendor/.%2e', 'target_invalid'],
  ['/vendor/%252e%252e/x', 'target_invalid'],
  ['/vendor/..%2fx', 'target_invalid'],
  ['/vendor/..%5cx', 'target_invalid'],
  ['/vendor/%2e%2e%2fx', 'target_invalid'],
  ['/vendor/%252e%252e%252fx', 'target_invalid'],
  ['/vendor/a%2f..%2f..%2fx', 'target_invalid'],
  ['/vendor/..;/x', 'target_invalid'],
  ['/vendor/..;a=b/x', 'target_invalid'],
  ['/vendor/%2e%2e;/x', 'target_invalid'],
  ['/vendor/..%3bx/y', 'target_invalid'],
  ['/vendor/a/..', 'target_invalid'],
  ['/vendor/..?x', 'target_invalid'],
  ['/vendor/%00', 'target_invalid'],
  ['/vendor/%zz', 'target_invalid'],
  ['/vendor/%', 'target_invalid'],
  ['/vendor/%2', 'target_invalid'],
  ['/vendor/%u002e%u002e/', 'target_invalid'],
  ['/vendor@evil.example/x', 'route_unknown', 404],
  ['/vendor.evil.example/x', 'route_unknown', 404],
  ['/vendor:80/x', 'route_unknown', 404],
  ['/Vendor/x', 'route_unknown', 404],
  ['/%76endor/x', 'route_unknown', 404],
  ['/vendor%2fx', 'route_unknown', 404],
  ['//vendor/x', 'route_unknown', 404],
  ['//evil.example/vendor/x', 'route_unknown', 404],
  ['/', 'route_unknown', 404],
  ['/vendor;x/y', 'route_unknown', 404],
];

const ARRIVES: [target: string, seenAs: string][] = [
  ['/vendor', '/v1'],
  ['/vendor?x=//evil.example', '/v1?x=//evil.example'],
  ['/vendor/', '/v1/'],
  ['/vendor//evil.example/x', '/v1//evil.example/x'],
  ['/vendor/@evil.example/x', '/v1/@evil.example/x'],
  ['/vendor/http://evil.example/x', '/v1/http://evil.example/x'],
  ['/vendor/:80@evil.example', '/v1/:80@evil.example'],
  ['/vendor/x?../../y', '/v1/x?../../y'],
  ['/vendor/x;..', '/v1/x;..'],
  ['/vendor/...', '/v1/...'],
  ['/vendor/..a/a..', '/v1/..a/a..'],
  ['/vendor/a%2Fb%5Cc', '/v1/a%2Fb%5Cc'],
  ['/vendor/%21[]{}|^`"<>', '/v1/%21[]{}|^`"<>'],
  ['/vendor/x:undo', '/v1/x:undo'],
  ['/vendor/%C0%AE%C0%AE/x', '/v1/%C0%AE%C0%AE/x'],
];

describe('the host and base path of an upstream', () => {
  test.each(REFUSED)('%s is refused', async (target, code, status = 400) => {
    await check({
      name: target,
      send: head(`GET ${target} HTTP/1.1`),
      connection: { credential: CREDENTIALS.bearer },
      statuses: [status],
      codes: [code],
    });
  });

  test.each(ARRIVES)('%s arrives as %s', async (target, seenAs) => {
    await check({
      name: target,
      send: head(`GET ${target} HTTP/1.1`),
      statuses: [200],
      upstream: seen(`GET ${seenAs} HTTP/1.1`),
    });
  });
});
