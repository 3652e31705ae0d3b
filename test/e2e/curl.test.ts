import { expect, test } from 'vitest';
import { startCatalogs } from '../support/catalog-gateway.ts';
import { plantedSecret, rowOfConnection } from '../support/catalog-rows.ts';
import { isInstalled, runProgram } from '../support/run-program.ts';
import { jsonAnswer, onlyRequest } from '../support/seen-request.ts';
import { GATEWAY_KEY } from '../support/yaml-gateway.ts';

interface Case {
  readonly parameters: readonly string[];
  /** Behind `http://gateway`. */
  readonly path: string;
  readonly input?: string;
  readonly stdout: RegExp;
  /** What the upstream saw. */
  readonly line: string;
  readonly fields?: Readonly<Record<string, readonly string[]>>;
  readonly body?: string;
}

const JSON_ONLY = /^\{"ok":true\}$/;

const CASES: Record<string, Case> = {
  '-g sends brackets as they are': {
    parameters: ['-g'],
    path: '/airtable/v0/app/Table%201?fields[]=Name&fields[]=Email&sort[0][field]=Name&records[]=',
    stdout: JSON_ONLY,
    line: 'GET /v0/app/Table%201?fields[]=Name&fields[]=Email&sort[0][field]=Name&records[]= HTTP/1.1',
  },
  '-X PATCH with -d': {
    parameters: [
      '-X',
      'PATCH',
      '-H',
      'Content-Type: application/json',
      '-d',
      '{"fields":{"Name":"Ünicode"}}',
    ],
    path: '/airtable/v0/app/Table/rec',
    stdout: JSON_ONLY,
    line: 'PATCH /v0/app/Table/rec HTTP/1.1',
    fields: { 'Content-Type': ['application/json'], 'Content-Length': ['30'] },
    body: '{"fields":{"Name":"Ünicode"}}',
  },
  '-T - uploads in chunks after its 100 Continue': {
    parameters: ['-T', '-', '-H', 'Expect: 100-continue'],
    path: '/airtable/upload',
    input: 'from standard input',
    stdout: JSON_ONLY,
    line: 'PUT /upload HTTP/1.1',
    fields: { Expect: [] },
    body: 'from standard input',
  },
  '-I gets the head that the upstream gave': {
    parameters: ['-I'],
    path: '/airtable/v0/meta',
    stdout: /^HTTP\/1\.1 200 .*\r\nContent-Type: application\/json; charset=utf-8\r\nContent-Length: 11\r\n/,
    line: 'HEAD /v0/meta HTTP/1.1',
  },
};

const present = isInstalled('curl');

test.each(present ? Object.entries(CASES) : [])('curl %s', async (_name, one) => {
  const { gateway, upstream } = await startCatalogs([rowOfConnection('airtable')], {
    answer: ({ head }) =>
      head.startsWith('HEAD')
        ? jsonAnswer({ ok: true }).replace('{"ok":true}', '')
        : jsonAnswer({ ok: true }),
  });
  const ran = await runProgram(
    'curl',
    ['-sS', '-H', `Authorization: Bearer ${GATEWAY_KEY}`, ...one.parameters, `${gateway.base}${one.path}`],
    one.input === undefined ? {} : { input: one.input },
  );
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toMatch(one.stdout);
  const seen = await onlyRequest(upstream);
  expect(seen.line).toBe(one.line);
  expect(seen.field('Authorization')).toEqual([`Bearer ${plantedSecret('airtable', 'credential')}`]);
  for (const [name, values] of Object.entries(one.fields ?? {})) expect(seen.field(name)).toEqual(values);
  expect(seen.content).toBe(one.body ?? '');
});

test.each(present ? [] : ['curl'])('NOT RUN: there is no %s on this machine', () => {
  expect(present).toBe(false);
});
