import { expect, test } from 'vitest';
import type { GrantPatch } from '../../runtime/grants/store/grant-store.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { Problem } from '../../runtime/problem.ts';
import { said } from '../support/client-tokens.ts';
import { storeBeside, tokensOf } from '../support/granted.ts';
import { grantsBeside, vendorSignIn } from '../support/grants-beside.ts';
import type { BareRoute } from '../support/grants-beside.ts';
import { rawUpstream } from '../support/raw-upstream.ts';
import { storeUrl } from '../support/stores.ts';

// The route that a request of the gateway's own goes out on, to see whether a grant works: whatever becomes of the grant
// while it is made, its sockets are given back.

const HOUR = 3_600_000;
const NEW = said('{"access_token":"token-1","refresh_token":"refresh-1","expires_in":3600}');
const REFUSED = said('{"error":"invalid_grant"}', 'HTTP/1.1 400 x');
const DOWN = said('{}', 'HTTP/1.1 500 x');

const siteOf = (site: string): Hidden<Record<string, string>> => new Hidden({ site });

test.each<[title: string, meanwhile: GrantPatch, answer: string, came: string]>([
  ['new tokens', {}, NEW, 'token-1'],
  ['connected anew', { credential: tokensOf('theirs') }, NEW, 'theirs'],
  [
    'connected anew to another site',
    { credential: tokensOf('theirs'), variables: siteOf('two') },
    NEW,
    'connection_unavailable',
  ],
  ['refused', {}, REFUSED, 'credential_broken'],
  ['the server is down', {}, DOWN, 'connection_unavailable'],
])('%s', async (_title, patch, answer, came) => {
  const url = await storeUrl('sqlite');
  const store = await storeBeside(url);
  const made = await store.create({
    connection: 'vendor',
    account: 'acme',
    method: 'OAUTH2',
    status: 'ACTIVE',
    credential: tokensOf('token-0', 'refresh-0'),
    variables: siteOf('one'),
    expires_at: Date.now() - HOUR,
    authenticated_at: Date.now() - HOUR,
  });
  const idp = await rawUpstream(({ socket }) => {
    void store.update(made.id, made.revision, patch).then(() => socket.write(answer));
  });
  const signIn = vendorSignIn(idp.origin);
  const { grants } = await grantsBeside(url, signIn);
  const counts = { taken: 0, givenBack: 0 };
  const placed: string[] = [];
  const route: BareRoute = {
    signIn,
    complete: async () => {
      counts.taken += 1;
      return {
        route,
        place: (one, { headers }) => {
          placed.push(headers.reveal()[1]?.replace('Bearer ', '') ?? '');
          return one;
        },
        giveBack: () => void (counts.givenBack += 1),
      };
    },
    signer: null,
    live: null,
  };
  const held = await grants.routeFor(route, made);
  expect(held instanceof Problem ? held.code : placed[0]).toBe(came);
  if (!(held instanceof Problem)) held.giveBack();
  expect(counts).toEqual({ taken: 1, givenBack: 1 });
});
