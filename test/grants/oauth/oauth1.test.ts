import { expect, test } from 'vitest';
import {
  oauth1Authorization,
  oauth1AuthorizationUrl,
  readOAuth1Callback,
  requestCredentials,
  requestTemporary,
  signatureBase,
  uniqueness,
} from '../../../runtime/grants/oauth/oauth1.ts';
import type { OAuth1Client, OAuth1Token, SignedRequest } from '../../../runtime/grants/oauth/oauth1.ts';
import { Hidden } from '../../../runtime/hidden.ts';
import { rawUpstream } from '../../support/raw-upstream.ts';
import type { RawUpstream } from '../../support/raw-upstream.ts';
import { NOW, oauthCall } from '../../support/token-client.ts';

function token(name: string, secret: string): OAuth1Token {
  return { token: name, token_secret: new Hidden(secret) };
}

const PRINTER = ['dpf43f3p2l4k3l03', 'kd94hf93k423kf44'] as const;

interface Vector {
  readonly client: readonly [id: string, secret: string];
  readonly request: Partial<SignedRequest> & Pick<SignedRequest, 'method' | 'url'>;
  readonly unique: readonly [timestamp: number, nonce: string];
  readonly signature: string;
}

const VECTORS: Record<string, Vector> = {
  'RFC 5849 1.2: temporary credentials': {
    client: PRINTER,
    request: {
      method: 'POST',
      url: 'https://photos.example.net/initiate',
      parameters: { oauth_callback: 'http://printer.example.com/ready' },
    },
    unique: [137131200, 'wIjqoS'],
    signature: '74KNZJeDHnMBp0EMJ9ZHt/XKycU=',
  },
  'RFC 5849 1.2: token credentials': {
    client: PRINTER,
    request: {
      method: 'POST',
      url: 'https://photos.example.net/token',
      token: token('hh5s93j4hdidpola', 'hdhd0244k9j7ao03'),
      parameters: { oauth_verifier: 'hfdp7dh39dks9884' },
    },
    unique: [137131201, 'walatlh'],
    signature: 'gKgrFCywp7rO0OXSjdot/IHF7IU=',
  },
  'RFC 5849 1.2: photos': {
    client: PRINTER,
    request: {
      method: 'GET',
      url: 'http://photos.example.net/photos?file=vacation.jpg&size=original',
      token: token('nnch734d00sl2jdk', 'pfkkdhi9sl3r4s00'),
    },
    unique: [137131202, 'chapoH'],
    signature: 'MdpQcU8iPSUjWoN/UDMsK2sui9I=',
  },
  'RFC 5849 3.1, as erratum 2550 corrects it: a form, and a name twice': {
    client: ['9djdj82h48djs9d2', 'j49sk3j29djd'],
    request: {
      method: 'post',
      url: 'http://EXAMPLE.com:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b',
      form: 'c2&a3=2+q',
      token: token('kkk9d7dh3k39sjv7', 'dh893hdasih9'),
    },
    unique: [137131201, '7d8f3e4a'],
    signature: 'r6/TJjbCOr97/+UU0NsvSne7s5g=',
  },
  'OAuth Core 1.0 A.5, with a version': {
    client: PRINTER,
    request: {
      method: 'GET',
      url: 'http://photos.example.net/photos?size=original&file=vacation.jpg',
      token: token('nnch734d00sl2jdk', 'pfkkdhi9sl3r4s00'),
      parameters: { oauth_version: '1.0' },
    },
    unique: [1191242096, 'kllo9940pd9333jh'],
    signature: 'tR3+Ty81lMeYAr/Fid0kMTYa/WM=',
  },
  "a vendor's guide: marks that encodeURIComponent leaves": {
    client: ['xvz1evFS4wEEPTGEFPHBog', 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw'],
    request: {
      method: 'POST',
      url: 'https://api.twitter.com/1/statuses/update.json?include_entities=true',
      form: 'status=Hello%20Ladies%20%2b%20Gentlemen%2c%20a%20signed%20OAuth%20request%21',
      token: token(
        '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
        'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
      ),
      parameters: { oauth_version: '1.0' },
    },
    unique: [1318622958, 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg'],
    signature: 'tnnArxj06cWHq44gCs1OSKk/jLY=',
  },
};

test.each(Object.entries(VECTORS))(
  '%s',
  (_title, { client: [id, secret], request, unique: [timestamp, nonce], signature }) => {
    const signed = oauth1Authorization(
      { client_id: id, client_secret: new Hidden(secret) },
      { form: null, token: null, ...request },
      { timestamp, nonce },
    );
    expect(signed.reveal()).toContain(`, oauth_signature="${encodeURIComponent(signature)}"`);
    expect(signed.reveal()).toMatch(/^OAuth (?:oauth_\w+="[\w.~%-]*"(?:, |$))+$/);
    expect(signed.reveal()).not.toContain(secret);
  },
);

test('the signature base string of RFC 5849 3.4.1.1', () => {
  const request = {
    method: 'POST',
    url: 'http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b',
    form: 'c2&a3=2+q',
  };
  const parameters = {
    oauth_consumer_key: '9djdj82h48djs9d2',
    oauth_token: 'kkk9d7dh3k39sjv7',
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: '137131201',
    oauth_nonce: '7d8f3e4a',
  };
  expect(signatureBase(request, Object.entries(parameters))).toBe(
    'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D' +
      '%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1' +
      '%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
  );
});

test('no signature stands twice', () => {
  const nonces = Array.from({ length: 100 }, () => uniqueness(NOW).nonce);
  expect(new Set(nonces).size).toBe(100);
  expect(uniqueness(NOW + 999).timestamp).toBe(NOW / 1000);
});

function clientOf({ origin }: Pick<RawUpstream, 'origin'>): OAuth1Client {
  const plan = {
    client_id: { text: PRINTER[0], at: 'a.yaml:1:1' },
    client_secret: { env: 'S', at: 'a.yaml:1:1' },
    request_url: `${origin}/initiate`,
    authorization_url: `${origin}/authorize?a=1`,
    token_url: `${origin}/token`,
    authorize_params: [['scope', 'read,write']],
  } as const;
  return { plan, client_id: PRINTER[0], client_secret: new Hidden(PRINTER[1]) };
}

function call(): Parameters<typeof requestTemporary>[2] {
  return { ...oauthCall(400), unique: () => ({ timestamp: 137131200, nonce: 'wIjqoS' }) };
}

function said(status: number, content: string): string {
  return `HTTP/1.1 ${status} x\r\nContent-Length: ${content.length}\r\n\r\n${content}`;
}

test('three legs: every byte that the server sees', async () => {
  const server = await rawUpstream(({ head }) =>
    said(
      200,
      head.includes('/initiate')
        ? 'oauth_token=temp&oauth_token_secret=ts%2F&oauth_callback_confirmed=true'
        : 'oauth_token=cred&oauth_token_secret=cs',
    ),
  );
  const client = clientOf(server);
  const temporary = await requestTemporary(client, 'https://gw.example.com/back?x=1', call());
  if (temporary.kind !== 'ok') throw new Error(temporary.reason);
  expect([temporary.token, temporary.token_secret.reveal()]).toEqual(['temp', 'ts/']);
  expect(oauth1AuthorizationUrl(client, temporary).reveal()).toBe(
    `${server.origin}/authorize?a=1&scope=read%2Cwrite&oauth_token=temp`,
  );
  const callback = readOAuth1Callback('oauth_token=temp&oauth_verifier=v%2B');
  if (callback.kind !== 'verifier') throw new Error(callback.reason);
  const { verifier } = callback;
  const credentials = await requestCredentials(client, { temporary, verifier }, call());
  if (credentials.kind !== 'ok') throw new Error(credentials.reason);
  expect([credentials.token, credentials.token_secret.reveal()]).toEqual(['cred', 'cs']);
  expect(credentials.answer.reveal()).toEqual({ oauth_token: 'cred', oauth_token_secret: 'cs' });
  const [first, second] = server.requests.map(({ head }) => head.split('\r\n').filter((line) => line !== ''));
  const common = [
    `host: 127.0.0.1:${server.port}`,
    'connection: keep-alive',
    'Accept: */*',
    'User-Agent: gw',
  ];
  const begin = `Authorization: OAuth oauth_consumer_key="${PRINTER[0]}"`;
  const unique = 'oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131200", oauth_nonce="wIjqoS"';
  const back = 'oauth_callback="https%3A%2F%2Fgw.example.com%2Fback%3Fx%3D1"';
  expect(first?.slice(0, 5)).toEqual(['POST /initiate HTTP/1.1', ...common]);
  expect(first?.slice(5).join('\n')).toContain(`${begin}, ${unique}, ${back}, oauth_signature="`);
  expect(second?.slice(0, 5)).toEqual(['POST /token HTTP/1.1', ...common]);
  expect(second?.slice(5).join('\n')).toContain(
    `${begin}, oauth_token="temp", ${unique}, oauth_verifier="v%2B", oauth_signature="`,
  );
  for (const lines of [first, second]) expect(lines).toContain('content-length: 0');
});

const ANSWERS: [answer: string, expected: object][] = [
  [
    said(401, `oauth_problem=signature_invalid ${PRINTER[1]}`),
    { kind: 'terminal', reason: 'client_refused', detail: 'oauth_problem=signature_invalid [redacted]' },
  ],
  [
    said(400, 'see https://evil.example'),
    { kind: 'transient', reason: 'request_refused', detail: '[redacted]' },
  ],
  [said(500, ''), { kind: 'transient', reason: 'server_failed' }],
  [said(302, ''), { kind: 'transient', reason: 'redirected' }],
  [said(200, '<html>'), { kind: 'transient', reason: 'answer_malformed' }],
  [said(200, 'oauth_token=a'), { kind: 'transient', reason: 'answer_incomplete' }],
  [said(200, 'oauth_token=&oauth_token_secret=a'), { kind: 'transient', reason: 'answer_incomplete' }],
  ['garbage\r\n\r\n', { kind: 'transient', reason: 'not_http' }],
];

test.each(ANSWERS)('%j', async (answer, expected) => {
  const server = await rawUpstream(answer);
  expect(await requestTemporary(clientOf(server), 'https://gw.example.com/', call())).toMatchObject(expected);
});

const CALLBACKS: [query: string, reason: string][] = [
  ['oauth_token=a', 'consent_refused'],
  ['denied=a', 'consent_refused'],
  ['oauth_token=a&oauth_verifier=', 'consent_refused'],
  ['oauth_verifier=a', 'callback_malformed'],
  ['oauth_token=a&oauth_token=b&oauth_verifier=c', 'callback_malformed'],
  ['oauth_token=a&oauth_verifier=b&oauth_verifier=c', 'callback_malformed'],
];

test.each(CALLBACKS)('the callback %s', (query, reason) => {
  expect(readOAuth1Callback(query)).toEqual({ kind: 'refused', reason });
});

test('a leg that the plan has no URL for is our fault', () => {
  const { plan, ...client } = clientOf({ origin: '' });
  const bare = { ...client, plan: { ...plan, authorization_url: null } };
  expect(() => oauth1AuthorizationUrl(bare, token('a', 'b'))).toThrow('has no URL');
});
