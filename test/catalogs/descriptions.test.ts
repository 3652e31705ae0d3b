import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { compileFolder } from '../../cli/compile-folder.ts';
import { folderOf } from '../support/folder.ts';
import type { Files } from '../support/folder.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { seenRequest } from '../support/seen-request.ts';
import { faultTexts } from '../support/validating.ts';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';
import { DESCRIBED_REQUESTS } from './described-requests.ts';
import type { DescribedRequest } from './described-requests.ts';
import { MORE_DESCRIBED_REQUESTS } from './more-described-requests.ts';

const CATALOGS = join(import.meta.dirname, '../../catalogs');
const ROWS = Object.entries({ ...DESCRIBED_REQUESTS, ...MORE_DESCRIBED_REQUESTS });
const DOCUMENTS = ROWS.map(([document]) => document);

test('every description that is shipped has its requests here', () => {
  const shipped = readdirSync(CATALOGS, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.openapi.yaml') && !path.startsWith('sample/'),
  );
  expect(DOCUMENTS.toSorted()).toEqual(shipped.toSorted());
});

test.each(DOCUMENTS)('%s compiles without a finding', async (document) => {
  const folder = folderOf({
    ...filesFor(document),
    'gateway.d/20.yaml': connectionTo('https://example.com'),
  });
  const { table, diagnostics } = await compileFolder(folder, { literalSecrets: 'error' });
  // The folder declares no caller, and that is said.
  expect(diagnostics.filter(({ code }) => code.startsWith('GW6'))).toEqual([]);
  expect(table?.descriptions.map(({ title }) => typeof title)).toEqual(['string']);
});

test.each(ROWS)('%s: what is valid arrives, what is not is told and not sent', async (document, requests) => {
  const upstream = await rawUpstream();
  const files = filesFor(document);
  const gateway = await startFromYaml(
    connectionTo(upstream.origin),
    { VENDOR: 'vendor-credential' },
    { files },
  );
  for (const request of requests.valid) {
    const answer = await send(gateway.base, request);
    expect([request.line, answer.status, answer.text]).toEqual([request.line, 200, 'ok']);
    const seen = upstream.requests.splice(0).map(seenRequest);
    expect(seen.map(({ line, content }) => [line, content])).toEqual([
      [`${request.line} HTTP/1.1`, contentOf(request) ?? ''],
    ]);
  }
  for (const { faults, ...request } of requests.invalid) {
    const answer = await send(gateway.base, request);
    const problem = JSON.parse(answer.text) as Record<string, unknown>;
    expect([request.line, answer.status, problem['code'], faultTexts(problem['faults'])]).toEqual([
      request.line,
      400,
      'request_invalid',
      faults,
    ]);
  }
  expect(upstream.requests).toEqual([]);
});

/** A catalog of this description alone, with everything else that lies beside it. */
function filesFor(document: string): Files {
  const folder = dirname(document);
  const documents = readdirSync(join(CATALOGS, folder)).filter((name) => name.endsWith('.openapi.yaml'));
  const files = documents.map((name) => [
    `catalogs/described/${name}`,
    readFileSync(join(CATALOGS, folder, name), 'utf8'),
  ]);
  return {
    ...(Object.fromEntries(files) as Files),
    'catalogs/described/catalog.yaml': `catalog: described
title: Described
base_url: https://example.com
auth:
  bearer: {}
descriptions:
  main: { document: ${basename(document)} }
`,
  };
}

/** What no operation describes is refused too, so that every valid request is one that was checked. */
function connectionTo(origin: string): string {
  return `connections:
  vendor:
    catalog: described
    base_url: ${origin}
    credential: \${env:VENDOR}
    validate: enforce
    expose: operations
`;
}

function contentOf({ json, form }: DescribedRequest): string | undefined {
  return json === undefined ? form : JSON.stringify(json);
}

async function send(base: string, request: DescribedRequest): Promise<{ status: number; text: string }> {
  const [method = '', target = ''] = request.line.split(' ');
  const body = contentOf(request);
  const type = request.json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
  const answer = await fetch(`${base}/vendor${target}`, {
    method,
    headers: { 'X-API-Key': GATEWAY_KEY, ...(body === undefined ? {} : { 'Content-Type': type }) },
    body: body ?? null,
  });
  return { status: answer.status, text: await answer.text() };
}
