import { expect, test } from 'vitest';
import { oidcProvider, PLAIN_SECRET } from '../support/authorization-servers.ts';
import { controlGateway } from '../support/control-gateway.ts';
import type { ControlGateway } from '../support/control-gateway.ts';
import { heldFront } from '../support/held-front.ts';
import { refresh, title, used } from '../support/notes-grant.ts';
import { OK, rawUpstream } from '../support/raw-upstream.ts';
import { beginNotes, consentYaml, keptGrant } from '../support/sign-in.ts';

// What oidc-provider does with a client that is not known, and with refresh tokens.

/** Starts a gateway whose accounts sign in at oidc-provider; its token endpoint is behind a front. */
async function withOidc(secret: string): Promise<{ gateway: ControlGateway; origin: string }> {
  const upstream = await rawUpstream(OK);
  let origin = '';
  const gateway = await controlGateway(
    async (redirectUri) => {
      ({ origin } = await oidcProvider(redirectUri));
      const front = await heldFront(origin);
      return consentYaml({ idp: origin, upstream: upstream.origin, authorize: '/auth' }).replace(
        `oauth2_token_url: ${origin}`,
        `oauth2_token_url: ${front.origin}`,
      );
    },
    { environment: { IDP_SECRET: secret } },
  );
  return { gateway, origin };
}

test('oidc-provider does not take a wrong client secret', async () => {
  const { gateway } = await withOidc('wrong-secret-1');
  const begun = await beginNotes(gateway);
  expect(await title(begun)).toBe('notes is not connected');
  expect(await keptGrant(gateway, begun.id)).toMatchObject({
    status: 'FAILED',
    reason: 'client_refused',
    credential: null,
  });
});

test('oidc-provider rotates refresh tokens, and does not take one that was revoked', async () => {
  const { gateway, origin } = await withOidc(PLAIN_SECRET);
  const begun = await beginNotes(gateway);
  expect(await title(begun)).toBe('notes is connected');
  const seen = new Set<string>();
  const refreshToken = async (): Promise<string> => {
    const { credential } = await keptGrant(gateway, begun.id);
    return (credential as { refresh_token: string }).refresh_token;
  };
  for (let round = 0; round < 3; round += 1) {
    seen.add(await refreshToken());
    expect((await refresh(gateway, begun.id)).status).toBe(200);
  }
  expect(seen.size).toBe(3);
  await fetch(`${origin}/token/revocation`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`header:${PLAIN_SECRET}`).toString('base64')}` },
    body: new URLSearchParams({ token: await refreshToken() }),
  });
  expect((await refresh(gateway, begun.id)).status).toBe(409);
  expect(await keptGrant(gateway, begun.id)).toMatchObject({ status: 'EXPIRED', reason: 'grant_refused' });
  expect(await used(gateway)).toEqual([424, 'credential_broken']);
});
