import { beforeEach, describe, expect, test } from 'vitest';
import type { GrantStore } from '../../runtime/grants/store/grant-store.ts';
import { bearers, said } from '../support/client-tokens.ts';
import { headAs, startGranted } from '../support/granted.ts';
import type { GrantedSides } from '../support/granted.ts';
import { sendRaw } from '../support/raw-caller.ts';
import type { RawAnswer, RawRequest } from '../support/raw-upstream.ts';
import { ABSENT, STORES } from '../support/stores.ts';

// Tokens that take the place of others are in the store before a request goes out with one: a process that is killed
// behind the request leaves what its grant is used with.

const HOUR = 3_600_000;
const GET = headAs('acme', '/vendor/a');

/** An authorization server that rotates: `token-1` with `refresh-1`, and so on. */
function rotating(): () => string {
  let count = 0;
  return () =>
    said(`{"access_token":"token-${(count += 1)}","refresh_token":"refresh-${count}","expires_in":3600}`);
}

/** A gateway, and the tokens that its upstream refuses. */
interface Sides extends Pick<GrantedSides, 'clock' | 'gateway'> {
  readonly refused: Set<string>;
}

/** What brings a refresh about, and which tokens go out then. */
const CAUSES: [title: string, bring: (sides: Sides) => Promise<void>, sent: string[]][] = [
  [
    'a token that ended',
    async ({ clock, gateway }) => {
      clock.now += HOUR;
      await sendRaw(gateway.port, GET);
    },
    ['token-1'],
  ],
  [
    'many at once, and again when that one ends',
    async ({ clock, gateway }) => {
      for (let round = 0; round < 2; round += 1) {
        clock.now += HOUR;
        await Promise.all([1, 2, 3].map(() => sendRaw(gateway.port, GET)));
      }
    },
    ['token-1', 'token-1', 'token-1', 'token-2', 'token-2', 'token-2'],
  ],
  [
    'one that the upstream refuses',
    async ({ gateway, refused }) => {
      refused.add('token-0');
      await sendRaw(gateway.port, GET);
    },
    ['token-0', 'token-1'],
  ],
];

describe.each(STORES)('%s', (_name, kind, present) => {
  beforeEach(({ skip }) => skip(!present, ABSENT));

  test.each(CAUSES)('%s', async (_title, bring, sent) => {
    const refused = new Set<string>();
    const seen: [sent: string, kept: string, next: string | null][] = [];
    const at: { store: GrantStore | null; id: string } = { store: null, id: '' };
    /** Answers when it has looked into the store, as somebody would who starts the gateway again just now. */
    const look = async ({ head, socket }: RawRequest): Promise<void> => {
      const token = /Bearer (.*)\r/.exec(head)?.[1] ?? '';
      const held = (await at.store?.get(at.id))?.credential?.reveal();
      if (held?.kind === 'oauth2') seen.push([token, held.access_token, held.refresh_token]);
      socket.write(said('', refused.has(token) ? 'HTTP/1.1 401 x' : 'HTTP/1.1 200 OK'));
    };
    const upstream: RawAnswer = (request) => void look(request);
    const sides = await startGranted({ store: kind, idp: rotating(), upstream });
    at.store = sides.store;
    at.id = (await sides.grant()).id;
    await bring({ ...sides, refused });
    expect(bearers(sides.upstream)).toEqual(sent);
    expect(seen).toEqual(sent.map((token) => [token, token, token.replace('token', 'refresh')]));
  });
});
