import { expect, test } from 'vitest';
import { Hidden } from '../../runtime/hidden.ts';
import { bearers, said } from '../support/client-tokens.ts';
import { broughtVariable, headAs, startGranted as start } from '../support/granted.ts';
import { oauth2Plan } from '../support/oauth-plan.ts';
import { sendRaw } from '../support/raw-caller.ts';

// A connection that gets its tokens for itself, with what each account brings: where they are asked for.

test('each account has tokens of its own, asked for where its variables say', async () => {
  const { gateway, grant, idp, upstream } = await start({
    idp: ({ head }) => said(`{"access_token":"of ${/^POST \/(\w+)/.exec(head)?.[1]}","expires_in":600}`),
    connections: ({ upstream: to, idp: at }) => ({
      vendor: {
        base_url: to,
        grants: true,
        auth_mode: 'oauth2_client_credentials',
        credential: { kind: 'oauth2', oauth2: oauth2Plan(at, { token_url: `${at}/{tenant}/token` }) },
        variables: [broughtVariable('tenant', { pattern: '[a-z]+' })],
      },
    }),
  });
  const of = (tenant: string) => ({ credential: null, variables: new Hidden({ tenant }), expires_at: null });
  await grant(of('north'));
  await grant({ ...of('south'), account: 'zeta' });
  for (const account of ['acme', 'zeta', 'acme'] as const)
    expect((await sendRaw(gateway.port, headAs(account, '/vendor/a'))).statuses).toEqual([200]);
  expect(bearers(upstream)).toEqual(['of north', 'of south', 'of north']);
  expect(idp.requests).toHaveLength(2);
  // What does not fit the variable any more is not sent anywhere.
  const unfit = await grant(of('North/../x'));
  const answer = await sendRaw(gateway.port, headAs('acme', '/vendor/a', `Gateway-Connection: ${unfit.id}`));
  expect(answer.statuses).toEqual([424]);
  expect(idp.requests).toHaveLength(2);
});
