import { startGateway } from './gateway.ts';
import type { TestGateway } from './gateway.ts';
import { CLIENT_SECRET, clientConnection, oauth2Plan } from './oauth-plan.ts';
import { OK, rawUpstream } from './raw-upstream.ts';
import type { RawAnswer, RawRequest, RawUpstream } from './raw-upstream.ts';
import { headOf } from './sides.ts';
import type { ConnectionSpec, TableSpec } from './table.ts';
import type { OAuth2Plan } from '../../table/types.ts';

export const GET: string = headOf('/vendor/a');

/** An answer with this content. */
export function said(content: string, head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json'): string {
  return `${head}\r\nContent-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`;
}

/** Gives `token-1`, then `token-2` and so on. */
export function tokens(more = '"expires_in":3600'): () => string {
  let count = 0;
  return () => said(`{"access_token":"token-${(count += 1)}"${more === '' ? '' : `,${more}`}}`);
}

/** What a test starts. */
export interface ClientTokenSetup {
  readonly idp?: RawAnswer | ((request: RawRequest) => RawAnswer);
  readonly upstream?: RawAnswer | ((request: RawRequest) => RawAnswer);
  readonly plan?: Partial<OAuth2Plan>;
  readonly connection?: Partial<ConnectionSpec>;
  readonly timeout_ms?: number;
}

/** What a test has started. */
export interface ClientTokenSides {
  readonly gateway: TestGateway;
  readonly idp: RawUpstream;
  readonly upstream: RawUpstream;
  readonly clock: { now: number };
  readonly spec: (more?: Partial<OAuth2Plan>, connection?: Partial<ConnectionSpec>) => TableSpec;
}

/** Starts a gateway whose connection `vendor` gets its tokens for itself, with its authorization server and its upstream. */
export async function startClientTokens({
  plan,
  connection,
  timeout_ms,
  ...answers
}: ClientTokenSetup = {}): Promise<ClientTokenSides> {
  const idp = await rawUpstream(answers.idp ?? tokens());
  const upstream = await rawUpstream(answers.upstream ?? OK);
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') };
  const spec: ClientTokenSides['spec'] = (more = {}, changed = {}) => ({
    connections: {
      vendor: clientConnection(upstream.origin, oauth2Plan(idp.origin, { ...plan, ...more }), {
        ...connection,
        ...changed,
      }),
    },
  });
  const gateway = await startGateway(spec(), {
    environment: { CLIENT_SECRET },
    oauth: { now: () => clock.now, ...(timeout_ms === undefined ? {} : { timeout_ms }) },
  });
  return { gateway, idp, upstream, clock, spec };
}

/** The heads that a side saw, in their order. */
export function headsOf({ requests }: RawUpstream): string[] {
  return requests.map(({ head }) => head);
}

/** The tokens that an upstream saw, in their order. */
export function bearers(upstream: RawUpstream): (string | undefined)[] {
  return headsOf(upstream).map((head) => /^Authorization: Bearer (.*)\r$/m.exec(head)?.[1]);
}
