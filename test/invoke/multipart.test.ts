import { expect, test } from 'vitest';
import { describe } from '../support/described.ts';
import { startInvoking } from '../support/invoking.ts';

// multipart/form-data as an upstream sees it, with our boundary for `{b}`.

const DESCRIBED = describe([
  {
    id: 'POST /upload',
    body: {
      content: {
        'application/json': { schema: { type: 'object' } },
        'multipart/form-data': {
          schema: { type: 'object' },
          encoding: {
            meta: {
              style: 'form',
              explode: true,
              content_type: 'application/vnd.meta+json',
              allow_reserved: false,
            },
            photo: {
              style: 'form',
              explode: true,
              content_type: 'image/png, image/jpeg',
              allow_reserved: false,
            },
          },
        },
      },
    },
  },
]);

const part = (head: string, content: string): string =>
  `--{b}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;

const ROWS: Record<string, readonly [body: object, sees: string]> = {
  'fields and files in their order': [
    {
      text: 'ä',
      count: 1e21,
      yes: true,
      none: null,
      file: { filename: 'a.txt', content: 'hi', content_type: 'text/plain; charset=utf-8' },
      photo: { filename: 'b', content_base64: 'AP-A' },
      tags: ['x', null, { filename: 'c', content: '' }],
      meta: { a: [1] },
      more: { filename: 'no content' },
    },
    [
      part('name="text"', 'Ã¤'),
      part('name="count"', '1000000000000000000000'),
      part('name="yes"', 'true'),
      part('name="file"; filename="a.txt"\r\nContent-Type: text/plain; charset=utf-8', 'hi'),
      part('name="photo"; filename="b"\r\nContent-Type: application/octet-stream', '\x00\xff\x80'),
      part('name="tags"', 'x'),
      part('name="tags"; filename="c"\r\nContent-Type: application/octet-stream', ''),
      part('name="meta"\r\nContent-Type: application/vnd.meta+json', '{"a":[1]}'),
      part('name="more"\r\nContent-Type: application/json', '{"filename":"no content"}'),
      '--{b}--\r\n',
    ].join(''),
  ],
  'quotes and backslashes in names': [
    { 'a"b\\': 1, f: { filename: '"; x="', content: 'hi' } },
    [
      part('name="a\\"b\\\\"', '1'),
      part('name="f"; filename="\\"; x=\\""\r\nContent-Type: application/octet-stream', 'hi'),
      '--{b}--\r\n',
    ].join(''),
  ],
};

test.each(Object.entries(ROWS))('%s', async (_name, [body, sees]) => {
  const { upstream, invoke } = await startInvoking({ connection: { described: DESCRIBED } });
  // Of a caller's multipart type the boundary is not taken.
  const calls = [
    { operation_id: 'POST /upload', body: { ...body, f: { filename: '"; x="', content: 'hi' } } },
    { operation_id: 'POST /upload', headers: { 'Content-Type': 'multipart/form-data; boundary=mine' }, body },
  ];
  for (const call of calls) expect((await invoke(call)).detail).toBe('');
  const [, asked] = upstream.requests;
  const types = [...(asked?.head ?? '').matchAll(/^content-type: (.*)\r$/gim)].map(([, value]) => value);
  const boundary = /^multipart\/form-data; boundary=(gw[0-9a-f]{32})$/.exec(types[0] ?? '')?.[1] ?? '';
  expect([types.length, boundary]).toEqual([1, expect.stringMatching(/^gw/)]);
  expect(asked?.body).toBe(sees.replaceAll('{b}', boundary));
  expect(upstream.requests[0]?.head).toContain('Content-Type: multipart/form-data; boundary=gw');
});
