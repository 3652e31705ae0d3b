import { describe, expect, test } from 'vitest';
import { rawUpstream } from '../support/raw-upstream.ts';
import type { RawUpstream } from '../support/raw-upstream.ts';
import { isInstalled, runProgram } from '../support/run-program.ts';
import type { Ran } from '../support/run-program.ts';
import { jsonAnswer, onlyRequest } from '../support/seen-request.ts';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';

if (isInstalled('curl')) describe('curl', curlTests);
else test('curl: NOT RUN, it is not on this machine', () => expect(isInstalled('curl')).toBe(false));

function curlTests(): void {
  test('-g sends brackets as they are, and the upstream sees them so', async () => {
    const { upstream, ran } = await curl([
      '-g',
      '/airtable/v0/appgqan2NzWGP5sBK/Table%201?fields[]=Name&fields[]=Email&sort[0][field]=Name&records[]=',
    ]);
    expect(ran).toEqual({ code: 0, stdout: '{"ok":true}', stderr: '' });
    const seen = await onlyRequest(upstream);
    expect(seen.line).toBe(
      'GET /v0/appgqan2NzWGP5sBK/Table%201?fields[]=Name&fields[]=Email&sort[0][field]=Name&records[]= HTTP/1.1',
    );
    expect(seen.field('Authorization')).toEqual(['Bearer vendor-credential']);
  });

  test('-d and -X PATCH', async () => {
    const { upstream, ran } = await curl([
      '-X',
      'PATCH',
      '-H',
      'Content-Type: application/json',
      '-d',
      '{"fields":{"Name":"Ünicode"}}',
      '/airtable/v0/app/Table/rec',
    ]);
    expect(ran.code).toBe(0);
    const seen = await onlyRequest(upstream);
    expect(seen.line).toBe('PATCH /v0/app/Table/rec HTTP/1.1');
    expect(seen.field('Content-Type')).toEqual(['application/json']);
    expect(seen.field('Content-Length')).toEqual(['30']);
    expect(Buffer.from(seen.body, 'latin1').toString()).toBe('{"fields":{"Name":"Ünicode"}}');
  });

  test('-T - uploads in chunks after its 100 Continue', async () => {
    const { upstream, ran } = await curl(
      ['-T', '-', '-H', 'Expect: 100-continue', '/airtable/upload'],
      'from standard input',
    );
    expect(ran.stdout).toBe('{"ok":true}');
    const seen = await onlyRequest(upstream);
    expect(seen.line).toBe('PUT /upload HTTP/1.1');
    expect(seen.field('Transfer-Encoding')).toEqual(['chunked']);
    expect(seen.field('Expect')).toEqual([]);
    expect(seen.body).toBe('13\r\nfrom standard input\r\n0\r\n\r\n');
  });

  test('-I gets the head that the upstream gave', async () => {
    const { upstream, ran } = await curl(['-I', '/airtable/v0/meta']);
    expect(ran.stdout).toMatch(/^HTTP\/1\.1 200 .*\r\nContent-Type: application\/json; charset=utf-8\r\n/);
    expect((await onlyRequest(upstream)).line).toBe('HEAD /v0/meta HTTP/1.1');
  });
}

/** Runs curl with the gateway key; the last parameter is the path at the gateway. */
async function curl(
  parameters: readonly string[],
  input?: string,
): Promise<{ upstream: RawUpstream; ran: Ran }> {
  const upstream = await rawUpstream(({ head }) =>
    head.startsWith('HEAD') ? jsonAnswer({ ok: true }).replace('{"ok":true}', '') : jsonAnswer({ ok: true }),
  );
  const gateway = await startFromYaml(
    `connections:\n  airtable: { base_url: ${upstream.origin}, auth_mode: bearer, credential: "\${env:VENDOR}" }\n`,
    { VENDOR: 'vendor-credential' },
  );
  const ran = await runProgram(
    'curl',
    [
      '-sS',
      '-H',
      `Authorization: Bearer ${GATEWAY_KEY}`,
      ...parameters.slice(0, -1),
      `${gateway.base}${parameters.at(-1)}`,
    ],
    input === undefined ? {} : { input },
  );
  return { upstream, ran };
}
