import { expect, test } from 'vitest';
import { guardedFetch } from '../../../cli/fetch/guarded-fetch.ts';
import type { Fetched, FetchOptions } from '../../../cli/fetch/guarded-fetch.ts';
import { CERTIFICATE, redirectTo, serveDocuments } from '../../support/https-documents.ts';

/** Names of a resolver of our own; only this loopback address is allowed. */
const NAMES: Record<string, readonly string[]> = {
  'docs.vendor.example': ['127.0.0.1'],
  'moved.vendor.example': ['127.0.0.1'],
  'inside.vendor.example': ['10.0.0.1'],
  'both.vendor.example': ['1.1.1.1', '169.254.169.254'],
  'other.vendor.example': ['127.0.0.2'],
  'none.vendor.example': [],
};

const OPTIONS: FetchOptions = {
  ca: CERTIFICATE,
  allowed: ['127.0.0.1/32'],
  resolve: (host) => {
    const addresses = NAMES[host];
    return addresses === undefined ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(addresses);
  },
};

/** Refused before anything is sent: no server is needed, and the resolver is the one above. */
const REFUSED: readonly [url: string, why: string][] = [
  ['not a url', '"not a url" is not a URL'],
  ['http://docs.vendor.example/', '"http://docs.vendor.example/" is not an https URL'],
  ['file:///etc/hostname', '"file:///etc/hostname" is not an https URL'],
  ['https://me:secret@docs.vendor.example/', 'a URL that is fetched holds no credentials'],
  ['https://me@docs.vendor.example/', 'a URL that is fetched holds no credentials'],
  ['https://unknown.example/', 'the name unknown.example cannot be resolved'],
  ['https://none.vendor.example/', 'the name none.vendor.example has no address'],
  [
    'https://inside.vendor.example/',
    'inside.vendor.example leads to 10.0.0.1, which is not public (private)',
  ],
  [
    'https://both.vendor.example/',
    'both.vendor.example leads to 169.254.169.254, which is not public (link-local)',
  ],
  ['https://127.0.0.2/', '127.0.0.2 leads to 127.0.0.2, which is not public (loopback)'],
  ['https://0x7f.2/', '127.0.0.2 leads to 127.0.0.2, which is not public (loopback)'],
  ['https://2130706434/', '127.0.0.2 leads to 127.0.0.2, which is not public (loopback)'],
  ['https://0177.0.0.2/', '127.0.0.2 leads to 127.0.0.2, which is not public (loopback)'],
  ['https://１２７.0.0.2/', '127.0.0.2 leads to 127.0.0.2, which is not public (loopback)'],
  ['https://127。0。0。2/', '127.0.0.2 leads to 127.0.0.2, which is not public (loopback)'],
  ['https://[::1]/', '[::1] leads to ::1, which is not public (loopback)'],
  ['https://[::ffff:10.0.0.1]/', '[::ffff:a00:1] leads to ::ffff:a00:1, which is not public (private)'],
  [
    'https://[64:ff9b::a9fe:a9fe]/',
    '[64:ff9b::a9fe:a9fe] leads to 64:ff9b::a9fe:a9fe, which is not public (link-local)',
  ],
  ['https://[2002:7f00:1::]/', '[2002:7f00:1::] leads to 2002:7f00:1::, which is not public (6to4)'],
  ['https://[fe80::1]/', '[fe80::1] leads to fe80::1, which is not public (link-local)'],
  ['https://0.0.0.0/', '0.0.0.0 leads to 0.0.0.0, which is not public (unspecified)'],
];

test.each(REFUSED)('%s is refused', async (url, why) => {
  expect(await guardedFetch(url, OPTIONS)).toEqual({ kind: 'refused', why });
});

async function get(port: number, path: string, options: FetchOptions = {}): Promise<Fetched> {
  return guardedFetch(`https://docs.vendor.example:${port}${path}`, { ...OPTIONS, ...options });
}

function textOf(fetched: Fetched): string {
  return fetched.kind === 'fetched' ? Buffer.from(fetched.bytes).toString() : JSON.stringify(fetched);
}

test('a document is fetched with its marks, and not a second time', async () => {
  const { port, seen } = await serveDocuments({
    '/api.json?v=2': (request, response) => {
      if (request.headers['if-none-match'] === '"one"') response.writeHead(304).end();
      else
        response
          .writeHead(200, { etag: '"one"', 'last-modified': 'Sat, 01 Nov 2025 00:00:00 GMT' })
          .end('{}');
    },
  });
  const first = await get(port, '/api.json?v=2#part');
  expect(first).toEqual({
    kind: 'fetched',
    bytes: Buffer.from('{}'),
    marks: { etag: '"one"', last_modified: 'Sat, 01 Nov 2025 00:00:00 GMT' },
    url: `https://docs.vendor.example:${port}/api.json?v=2`,
  });
  const known = { etag: '"one"', last_modified: null };
  expect(await get(port, '/api.json?v=2', { known })).toEqual({ kind: 'unchanged' });
  expect(seen).toEqual(['GET /api.json?v=2', 'GET /api.json?v=2 "one"']);
});

test('a redirect to a checked host is followed', async () => {
  const { port } = await serveDocuments({ '/b.json': 'b', '/rel': redirectTo('b.json', 307) });
  const from = await serveDocuments({ '/a': redirectTo(`https://moved.vendor.example:${port}/rel`, 301) });
  const fetched = await get(from.port, '/a');
  expect([textOf(fetched), fetched.kind === 'fetched' && fetched.url]).toEqual([
    'b',
    `https://moved.vendor.example:${port}/b.json`,
  ]);
});

const REDIRECTS: readonly [location: string, why: string][] = [
  ['https://10.0.0.1/', '10.0.0.1 leads to 10.0.0.1, which is not public (private)'],
  [
    'https://inside.vendor.example/',
    'inside.vendor.example leads to 10.0.0.1, which is not public (private)',
  ],
  ['//169.254.169.254/latest', '169.254.169.254 leads to 169.254.169.254, which is not public (link-local)'],
  ['http://docs.vendor.example/', 'redirects to "http://docs.vendor.example/", which is not an https URL'],
  ['file:///etc/hostname', 'redirects to "file:///etc/hostname", which is not an https URL'],
  ['https://a:b@docs.vendor.example/', 'a URL that is fetched holds no credentials'],
];

test.each(REDIRECTS)('a redirect to %s is refused', async (location, why) => {
  const { port } = await serveDocuments({ '/a': redirectTo(location) });
  const fetched = await get(port, '/a');
  const said = fetched.kind === 'refused' ? fetched.why : textOf(fetched);
  expect(said.replace(`https://docs.vendor.example:${port}/a `, '')).toBe(why);
});

test('five redirects are followed, six are not', async () => {
  const steps = Object.fromEntries([1, 2, 3, 4, 5, 6].map((at) => [`/${at}`, redirectTo(`/${at - 1}`)]));
  const { port } = await serveDocuments({ ...steps, '/0': 'end' });
  expect(textOf(await get(port, '/5'))).toBe('end');
  const why = `https://docs.vendor.example:${port}/6 redirects more than 5 times`;
  expect(await get(port, '/6')).toEqual({ kind: 'refused', why });
});

test.each(['declared', 'streamed'])('what is too large, %s, is not read to its end', async (how) => {
  let written = 0;
  const { port } = await serveDocuments({
    '/large': (_request, response) => {
      if (how === 'declared') response.writeHead(200, { 'content-length': 10_000_000 });
      const more = (): void => {
        for (
          written += 100_000;
          response.write(Buffer.alloc(100_000)) && written < 10_000_000;
          written += 100_000
        );
      };
      response.on('drain', more).on('error', () => {});
      more();
    },
  });
  const why = `https://docs.vendor.example:${port}/large is larger than 1000000 bytes`;
  expect(await get(port, '/large', { maxBytes: 1_000_000 })).toEqual({ kind: 'refused', why });
  expect(written).toBeLessThan(10_000_000);
});

test('exactly as large as may be is fetched', async () => {
  const { port } = await serveDocuments({ '/a': 'x'.repeat(1000) });
  expect(textOf(await get(port, '/a', { maxBytes: 1000 }))).toHaveLength(1000);
  expect((await get(port, '/a', { maxBytes: 999 })).kind).toBe('refused');
});

test('other statuses, encoded answers and broken ones are refused', async () => {
  const { port } = await serveDocuments({
    '/encoded': (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    '/broken': (_request, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('x');
      response.destroy();
    },
    '/nowhere': (_request, response) => response.writeHead(302).end(),
  });
  const base = `https://docs.vendor.example:${port}`;
  const whys: [string, string][] = [
    ['/missing', `${base}/missing answered 404`],
    ['/encoded', `${base}/encoded was sent encoded, unasked`],
    ['/nowhere', `${base}/nowhere answered 302`],
    ['/broken', `${base}/broken cannot be fetched: other side closed`],
  ];
  for (const [path, why] of whys) expect(await get(port, path)).toEqual({ kind: 'refused', why });
});

test('the certificate is checked against the name', async () => {
  const { port } = await serveDocuments({ '/a': 'a' });
  const resolve = (): Promise<string[]> => Promise.resolve(['127.0.0.1']);
  const url = `https://unnamed.vendor.example:${port}/a`;
  expect((await guardedFetch(url, { ...OPTIONS, resolve })).kind).toBe('refused');
  const { ca: _, ...unknown } = OPTIONS;
  expect((await guardedFetch(`https://docs.vendor.example:${port}/a`, unknown)).kind).toBe('refused');
});

test('the resolver is asked once: a second answer cannot lead elsewhere', async () => {
  const { port } = await serveDocuments({ '/a': 'a' });
  let asked = 0;
  const resolve = (): Promise<string[]> => {
    asked += 1;
    return Promise.resolve([asked === 1 ? '127.0.0.1' : '10.0.0.1']);
  };
  expect(textOf(await get(port, '/a', { resolve }))).toBe('a');
  expect(asked).toBe(1);
});
