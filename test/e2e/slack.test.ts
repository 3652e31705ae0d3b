import { WebClient } from '@slack/web-api';
import { expect, test } from 'vitest';
import { rawUpstream } from '../support/raw-upstream.ts';
import type { RawUpstream } from '../support/raw-upstream.ts';
import { jsonAnswer, onlyRequest } from '../support/seen-request.ts';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';

test('chat.postMessage', async () => {
  const { slack, upstream } = await sides({ ok: true, channel: 'C0123456', ts: '1700000000.000100' });
  const posted = await slack.chat.postMessage({
    channel: 'C0123456',
    text: 'Hello & good day',
    blocks: [{ type: 'divider' }],
  });
  expect(posted).toMatchObject({ ok: true, ts: '1700000000.000100' });
  const seen = await onlyRequest(upstream);
  expect(seen.line).toBe('POST /api/chat.postMessage HTTP/1.1');
  expect(seen.field('Authorization')).toEqual(['Bearer xoxb-vendor']);
  const form = new URLSearchParams(seen.body);
  expect(Object.fromEntries(form)).toEqual({
    channel: 'C0123456',
    text: 'Hello & good day',
    blocks: '[{"type":"divider"}]',
  });
});

test('an answer with ok: false is the SDK’s error', async () => {
  const { slack, upstream } = await sides({ ok: false, error: 'channel_not_found' });
  await expect(slack.chat.postMessage({ channel: 'C404', text: 'Hello' })).rejects.toMatchObject({
    code: 'slack_webapi_platform_error',
    data: { ok: false, error: 'channel_not_found' },
  });
  await onlyRequest(upstream);
});

async function sides(answer: object): Promise<{ slack: WebClient; upstream: RawUpstream }> {
  const upstream = await rawUpstream(jsonAnswer(answer));
  const gateway = await startFromYaml(
    `connections:\n  slack: { base_url: ${upstream.origin}, auth_mode: bearer, credential: "\${env:SLACK_TOKEN}" }\n`,
    { SLACK_TOKEN: 'xoxb-vendor' },
  );
  const slack = new WebClient(GATEWAY_KEY, {
    slackApiUrl: `${gateway.base}/slack/api/`,
    retryConfig: { retries: 0 },
  });
  return { slack, upstream };
}
