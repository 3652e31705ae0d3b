import * as fc from 'fast-check';
import { odd, oddPath, oddText } from './odd-texts.ts';

/** Facts of a catalog, and what a connection to it brings beside `variables`. */
export interface OddCatalog {
  readonly facts: object;
  readonly brings: object;
  readonly variables: Readonly<Record<string, string>>;
}

/** What stands for a variable: letters mostly, since what is odd is mostly refused. */
const value = fc.oneof(odd, fc.constantFrom('', 'a', 'A1', 'a.b', '.', ';a', 'e', 'a:1', '127.0.0.1'));
const SIGN_IN = { authorization_url: 'https://a.example.com/a', token_url: 'https://a.example.com/t' };
const TOKEN = { credential: '${env:C}' };

const segment = fc.constantFrom(':a', ':token', ':', 'a', ':é');

/** Facts in the language of catalogs, one kind at a time. */
const facts: fc.Arbitrary<{ readonly facts: object; readonly brings: object }> = fc.oneof(
  fc
    .tuple(fc.constantFrom('https', 'HTTPS', 'http'), oddText, oddPath, oddText)
    .map(([scheme, host, path, more]) => ({ base_url: `${scheme}://${host}.example.com${path}${more}` }))
    .map(alone),
  fc.constantFrom('https://{v}', 'http://{s}', 'https://{d}:443', 'https://A{v}.Example.com').map((url) => {
    return alone({ base_url: url });
  }),
  fc
    .tuple(oddText, oddText, odd)
    .map(([host, path, glob]) => ({
      hosts: [{ base_url: `https://a${host}.example.com/${path}`, paths: [`/${glob}`] }],
    }))
    .map(alone),
  fc.tuple(segment, oddText).map(([name, text]) => alone({ path: { replace: { [name]: text } } })),
  fc
    .tuple(oddText, fc.boolean())
    .map(([text, unless]) => alone({ path: { prepend: `/${text}`, unless_present: unless } })),
  fc
    .tuple(fc.oneof(fc.constant('q'), odd), oddText)
    .map(([name, text]) => alone({ query: { [name]: text } })),
  odd.map((text) => alone({ query: { q: text } })),
  fc
    .tuple(fc.constantFrom('static_headers', 'default_headers'), oddText)
    .map(([key, text]) => alone({ [key]: { 'X-A': text } })),
  fc.tuple(value, segment).map(([text, name]) => ({
    facts: { auth: { basic: {} }, path: { replace: { [name]: '{username}' } } },
    brings: { username: text, password: '${env:P}' },
  })),
  odd.map((text) => ({
    facts: { auth: { basic: { username: text, password: '{credential}' } } },
    brings: TOKEN,
  })),
  odd.map((text) => ({
    facts: { auth: { basic: { username: '{credential}', password: text } } },
    brings: TOKEN,
  })),
  fc
    .record({
      name: segment,
      replaced: segment,
      text: odd,
      own: fc.constantFrom({}, { api_key_header: 'X-B' }),
    })
    .map(({ name, replaced, text, own }) => ({
      facts: {
        auth: { api_key: { in: 'path', name, value: `${text}{credential}` } },
        path: { replace: { [replaced]: 'a' } },
      },
      brings: { ...TOKEN, ...own },
    })),
  fc.record({ place: fc.constantFrom('header', 'query'), text: odd }).map(({ place, text }) => ({
    facts: {
      auth: { oauth2: { ...SIGN_IN, send: { in: place, name: 'X-A', value: `${text}{credential}` } } },
      query: { q: 'a' },
    },
    brings: { ...TOKEN, static_headers: { 'X-A': 'b' } },
  })),
  fc.tuple(odd, odd).map(([text, scope]) => ({
    facts: {
      auth: {
        oauth2: { ...SIGN_IN, scopes: [scope], scope_separator: text, authorize_params: { [text]: scope } },
      },
    },
    brings: { oauth2_client_id: 'a', oauth2_client_secret: '${env:C}' },
  })),
  oddText.map((text) => ({
    facts: { auth: { oauth2: { ...SIGN_IN, token_url: `https://{v}.example.com/${text}` } } },
    brings: { oauth2_client_id: 'a', oauth2_client_secret: '${env:C}' },
  })),
  fc.tuple(oddText, odd).map(([text, pointer]) =>
    alone({
      retry: { after: [{ header: `X${pointer}` }], body: { pointer: `/${pointer}` } },
      verify: { method: 'GET', path: `/${text}` },
    }),
  ),
);

function alone(written: object): { readonly facts: object; readonly brings: object } {
  return { facts: written, brings: {} };
}

/** A catalog in whose texts variables stand, and a connection to it. */
export const oddCatalog: fc.Arbitrary<OddCatalog> = fc
  .tuple(facts, value, value)
  .map(([one, given, fallback]) => ({
    brings: one.brings,
    variables: { v: given, s: '${env:C}' },
    facts: {
      ...one.facts,
      variables: { v: {}, s: { from: 'secret' }, d: { default: fallback }, o: { optional: true } },
    },
  }));
