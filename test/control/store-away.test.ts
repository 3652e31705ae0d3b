import { expect, onTestFinished, test } from 'vitest';
import { sqliteDriver } from '../../runtime/store/sqlite-driver.ts';
import { mockServer, PLAIN_SECRET } from '../support/authorization-servers.ts';
import { controlGateway } from '../support/control-gateway.ts';
import type { ControlGateway } from '../support/control-gateway.ts';
import { beginNotes, consentYaml, keptGrant } from '../support/sign-in.ts';

// A store that does not take what it is given: another process writes, and does not end.

/** Keeps everybody else from writing, until it is told to let them. */
async function writer({ folder }: ControlGateway): Promise<{ hold: () => void; release: () => void }> {
  const connection = new (await sqliteDriver())(`${folder}/state/gw.db`);
  onTestFinished(() => connection.close());
  return { hold: () => connection.exec('BEGIN IMMEDIATE'), release: () => connection.exec('ROLLBACK') };
}

test('what cannot be kept is not connected, the page says so, and the link goes on', async () => {
  let onExchange = (): void => {};
  const { origin } = await mockServer({ answer: () => onExchange() });
  const gateway = await controlGateway(() => consentYaml({ idp: origin }), {
    environment: { IDP_SECRET: PLAIN_SECRET },
  });
  const { browser, id, link, callback } = await beginNotes(gateway);
  const { hold, release } = await writer(gateway);
  onExchange = hold;
  const page = await browser.open(callback.href);
  expect(page).toMatchObject({ status: 503, title: 'Nothing was connected' });
  expect(page.text).toContain('could not keep what it was given');
  expect(await gateway.call('one', 'POST /connections', { app: 'notes' })).toMatchObject({
    status: 503,
    json: { code: 'store_unavailable' },
  });
  release();
  onExchange = () => {};
  expect(await keptGrant(gateway, id)).toMatchObject({ status: 'PENDING', credential: null });
  const again = await browser.submit(await browser.open(link));
  expect(again.title).toBe('notes is connected');
});

test('readiness tells of the store, and of no connection', async () => {
  const { origin } = await mockServer();
  const gateway = await controlGateway(() => consentYaml({ idp: origin }), {
    environment: { IDP_SECRET: PLAIN_SECRET },
  });
  const body = await (await fetch(`${gateway.control}/readyz`)).text();
  expect(JSON.parse(body)).toMatchObject({ state: 'ready', store: 'ready' });
  expect(body).not.toMatch(/notes|sqlite|gw\.db/);
});
