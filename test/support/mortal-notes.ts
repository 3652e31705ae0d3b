import { expect } from 'vitest';
import { oidcProvider, PLAIN_SECRET } from './authorization-servers.ts';
import { newBrowser } from './browser.ts';
import type { Browser } from './browser.ts';
import { heldFront } from './held-front.ts';
import type { HeldFront } from './held-front.ts';
import { mortalGateway } from './mortal-gateway.ts';
import type { MortalGateway } from './mortal-gateway.ts';
import { rawUpstream } from './raw-upstream.ts';
import { storeUrl } from './stores.ts';
import type { StoreKind } from './stores.ts';

/** A gateway in a process of its own, whose connection `notes` signs in at oidc-provider, which rotates refresh tokens. */
export interface Stage {
  readonly gateway: MortalGateway;
  readonly url: string;
  /** What the gateway knows as the token endpoint. */
  readonly tokens: HeldFront;
  /** Has the upstream answer 401 to these `Authorization` values. */
  readonly refused: Set<string>;
  /** The `Authorization` values that the upstream got. */
  readonly used: string[];
  /** Waits for the next request at the upstream, which gets no answer. */
  readonly silent: () => Promise<void>;
}

/** Starts it, on an empty store. */
export async function staged(kind: StoreKind): Promise<Stage> {
  const url = await storeUrl(kind);
  const refused = new Set<string>();
  const used: string[] = [];
  let arrived: (() => void) | null = null;
  const upstream = await rawUpstream(({ head, socket }) => {
    const authorization = /^authorization: (.*)\r$/im.exec(head)?.[1] ?? '';
    used.push(authorization);
    if (refused.has(authorization)) return 'HTTP/1.1 401 no\r\nContent-Length: 0\r\n\r\n';
    if (arrived === null) return 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    arrived();
    arrived = null;
    return () => void socket;
  });
  let tokens: HeldFront | null = null;
  const gateway = await mortalGateway({
    store: url,
    environment: { IDP_SECRET: PLAIN_SECRET },
    connections: async (callback) => {
      const { origin } = await oidcProvider(callback);
      tokens = await heldFront(origin);
      return `connections:
  notes:
    base_url: ${upstream.origin}
    auth_mode: oauth2_authorization_code
    oauth2_authorization_url: ${origin}/auth
    oauth2_token_url: ${tokens.origin}/token
    oauth2_client_id: header
    oauth2_client_secret: "\${env:IDP_SECRET}"
    oauth2_scopes: [openid, read]
    grants: true
`;
    },
  });
  if (tokens === null) throw new Error('there is no authorization server');
  const silent = (): Promise<void> => new Promise((resolve) => (arrived = resolve));
  return { gateway, url, tokens, refused, used, silent };
}

/** A grant that was created, and its link. */
export interface Link {
  readonly id: string;
  readonly link: string;
}

/** Creates a grant. */
export async function newLink({ gateway }: Stage): Promise<Link> {
  const created = await gateway.ask('POST /connections', { app: 'notes' });
  return { id: String(created['connection_id']), link: String(created['url']) };
}

/** Creates a grant and connects it. */
export async function connected(stage: Stage): Promise<Link> {
  const made = await newLink(stage);
  const browser = newBrowser();
  expect((await browser.submit(await browser.open(made.link))).title).toBe('notes is connected');
  return made;
}

/** Goes as far as to the callback. */
export async function untilCallback(link: string): Promise<{ browser: Browser; callback: string }> {
  const stop = { on: true };
  const browser = newBrowser({ stopAt: (url) => stop.on && url.includes('/oauth/callback') });
  const { url } = await browser.submit(await browser.open(link));
  stop.on = false;
  expect(url).toContain('/oauth/callback');
  return { browser, callback: url };
}
