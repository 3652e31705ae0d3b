import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { headOf } from '../support/sides.ts';
import { CREDENTIALS } from '../support/table.ts';
import { RUNS } from './runs.ts';

const SECRET = "12345:AA-b_c~d%2Fé+f'";
/** As it stands in the path. */
const SENT = "bot12345:AA-b_c~d%252F%C3%A9+f'";

/** What an upstream may make of the path that it was called by: the path, decoded, encoded again, cut. */
const SPELLINGS: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => decodeURIComponent(path),
  (path) => encodeURIComponent(path),
  (path) => encodeURIComponent(encodeURIComponent(path)),
  (path) => encodeURI(path),
  (path) => path.toLowerCase() && path.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
  (path) => path.replace(/[a-z]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  (path) => path.split('/').find((segment) => segment.startsWith('bot')) ?? '',
  () => SECRET,
];
/** Where it says it; `{}` is the spelling. */
const PLACES = [
  'Location: {}',
  'Location: http://{host}{}',
  'Location: https://x.example{}?next={}',
  'Location: ../..{}#{}',
  'Content-Location: {}',
  'Link: <{}>; rel=next, <?x={}>; title="{}"',
  'X-Request-Path: {}',
  'Refresh: 0; url={}',
  'Set-Cookie: a={}',
  'WWW-Authenticate: Bearer realm="{}"',
  'ETag: "{}"',
];
const FRAMES = ['/:token/getMe', '/file/:token/a?b=c', '/%3Atoken', '/:token', '/:token/x?again=:token'];

const tried = fc.record({
  target: fc.constantFrom(...FRAMES),
  told: fc.uniqueArray(fc.tuple(fc.constantFrom(...PLACES), fc.constantFrom(...SPELLINGS)), {
    minLength: 1,
    maxLength: 3,
  }),
  status: fc.constantFrom(200, 302, 404, 500),
  inReason: fc.boolean(),
});

test('a credential in the path comes back in no header, reason or log line, whatever an upstream tells of it', async () => {
  let next: { told: [string, (path: string) => string][]; status: number; inReason: boolean } | null = null;
  const upstream = await rawUpstream(({ head }) => {
    const path = head.split(' ')[1] ?? '';
    expect(path).toContain(SENT);
    const fill = (place: string, spell: (path: string) => string): string =>
      Buffer.from(
        place.replaceAll('{host}', `127.0.0.1:${upstream.port}`).replaceAll('{}', () => spell(path)),
        'utf8',
      ).toString('latin1');
    const reason = next?.inReason === true ? `Path ${path}` : 'Reason';
    const lines = (next?.told ?? []).map(([place, spell]) => fill(place, spell));
    return [`HTTP/1.1 ${next?.status} ${reason}`, ...lines, 'Content-Length: 0', '', ''].join('\r\n');
  });
  const gateway = await startGateway(
    { connections: { vendor: { base_url: `${upstream.origin}/v1`, credential: { ...CREDENTIALS.path } } } },
    { environment: { SECRET } },
  );
  await fc.assert(
    fc.asyncProperty(tried, async ({ target, told, status, inReason }) => {
      next = { told, status, inReason };
      const { bytes, statuses } = await sendRaw(gateway.port, headOf(`/vendor${target}`));
      expect(statuses).toEqual([status]);
      const known = bytes + JSON.stringify(gateway.log.splice(0));
      for (let text = known, depth = 0; depth < 4; depth += 1) {
        expect(text.replaceAll('+', ' ')).not.toMatch(/12345:AA-b|c~d[/%]/);
        text = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
          String.fromCharCode(Number.parseInt(hex, 16)),
        );
      }
    }),
    { numRuns: RUNS / 2 },
  );
});
