import { Octokit } from '@octokit/rest';
import { expect, test } from 'vitest';
import { rawUpstream } from '../support/raw-upstream.ts';
import type { RawRequest, RawUpstream } from '../support/raw-upstream.ts';
import { jsonAnswer, onlyRequest, seenRequest } from '../support/seen-request.ts';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';

const repository = { owner: 'octo', repo: 'hello' };

test('paginate follows the Link headers through the gateway', async () => {
  const pages = [1, 2, 3];
  const { octokit, upstream } = await sides(({ head }) => {
    const page = Number(/[?&]page=(\d+)/.exec(head)?.[1] ?? 1);
    const link = (to: number, rel: string): string =>
      `<${upstream.origin}/repositories/1/issues?per_page=1&page=${to}>; rel="${rel}"`;
    const links = [...(page < pages.length ? [link(page + 1, 'next')] : []), link(pages.length, 'last')];
    return jsonAnswer([{ number: page }], { fields: [`Link: ${links.join(', ')}`] });
  });
  const issues = await octokit.paginate(octokit.rest.issues.listForRepo, { ...repository, per_page: 1 });
  expect(issues.map(({ number }) => number)).toEqual(pages);
  const seen = upstream.requests.map(seenRequest);
  expect(seen.map(({ line }) => line)).toEqual([
    'GET /repos/octo/hello/issues?per_page=1 HTTP/1.1',
    'GET /repositories/1/issues?per_page=1&page=2 HTTP/1.1',
    'GET /repositories/1/issues?per_page=1&page=3 HTTP/1.1',
  ]);
  for (const request of seen) {
    expect(request.field('Authorization')).toEqual(['Bearer ghp_vendor']);
    expect(request.field('X-GitHub-Api-Version')).toEqual(['2022-11-28']);
  }
  expect(upstream.received()).not.toContain(GATEWAY_KEY);
});

test('creates an issue', async () => {
  const { octokit, upstream } = await sides(() => jsonAnswer({ number: 7 }, { status: 201 }));
  const created = await octokit.rest.issues.create({ ...repository, title: 'Fog', labels: ['bug'] });
  expect([created.status, created.data.number]).toEqual([201, 7]);
  const seen = await onlyRequest(upstream);
  expect(seen.line).toBe('POST /repos/octo/hello/issues HTTP/1.1');
  expect(seen.field('Authorization')).toEqual(['Bearer ghp_vendor']);
  expect(JSON.parse(seen.body)).toEqual({ title: 'Fog', labels: ['bug'] });
});

test('an error answer becomes the SDK’s own error', async () => {
  const { octokit, upstream } = await sides(() => jsonAnswer({ message: 'Not Found' }, { status: 404 }));
  await expect(octokit.rest.issues.get({ ...repository, issue_number: 1 })).rejects.toMatchObject({
    name: 'HttpError',
    status: 404,
    message: expect.stringContaining('Not Found') as unknown,
  });
  await onlyRequest(upstream);
});

async function sides(
  answer: (request: RawRequest) => string,
): Promise<{ octokit: Octokit; upstream: RawUpstream }> {
  const upstream = await rawUpstream(answer);
  const gateway = await startFromYaml(
    `connections:
  github:
    base_url: ${upstream.origin}
    auth_mode: bearer
    credential: \${env:GITHUB_TOKEN}
    static_headers: { X-GitHub-Api-Version: "2022-11-28" }
`,
    { GITHUB_TOKEN: 'ghp_vendor' },
  );
  const octokit = new Octokit({
    auth: GATEWAY_KEY,
    baseUrl: `${gateway.base}/github`,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  return { octokit, upstream };
}
