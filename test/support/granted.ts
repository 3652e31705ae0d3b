import { onTestFinished } from 'vitest';
import type { Grant, GrantCredential } from '../../runtime/grants/grant.ts';
import type { GrantStore, NewGrant } from '../../runtime/grants/store/grant-store.ts';
import { openStore } from '../../runtime/grants/store/open-store.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { sealingKeys } from '../../runtime/sealing/sealing-keys.ts';
import { startGateway } from './gateway.ts';
import type { TestGateway, TestGatewayOptions } from './gateway.ts';
import { CLIENT_SECRET, oauth2Plan } from './oauth-plan.ts';
import { OK, rawUpstream } from './raw-upstream.ts';
import type { RawAnswer, RawRequest, RawUpstream } from './raw-upstream.ts';
import { headOf } from './sides.ts';
import { storeUrl } from './stores.ts';
import type { StoreKind } from './stores.ts';
import { TEST_KEY } from './table.ts';
import type { ConnectionSpec, TableSpec } from './table.ts';
import type { OAuth2Plan, Table, Variable } from '../../table/types.ts';

const AT = 'gateway.d/test.yaml:1:1';

/** The instant at which tests with a clock begin. */
export const BEGAN: number = Date.parse('2026-01-01T00:00:00Z');

/** What opens the store of tests, in the gateway and beside it. */
export const STORE_KEY: Record<'GW_ENCRYPTION_KEY', string> = { GW_ENCRYPTION_KEY: '11'.repeat(32) };

/** Gateway keys by account; `account` of each caller is its name. */
export const KEYS = {
  acme: 'acme-key-0123456789abcdefghijklmnopqrstuvw',
  zeta: 'zeta-key-0123456789abcdefghijklmnopqrstuvw',
} as const;

/** Callers of two accounts. */
export const CALLERS: Table['callers'] = Object.entries(KEYS).map(([name]) => ({
  name,
  at: AT,
  account: name,
  admin: false,
  key: { secret: { env: `KEY_${name}`, at: AT } },
  personas: ['all'],
  access: 0,
}));

/** The environment of gateways with grants. */
export const GRANTS_ENVIRONMENT: Record<string, string> = {
  CLIENT_SECRET,
  ...STORE_KEY,
  ...Object.fromEntries(Object.entries(KEYS).map(([name, key]) => [`KEY_${name}`, key])),
};

/** Gives a whole head with the key of an account: `GET` of a target, or another request line. */
export function headAs(account: keyof typeof KEYS, line: string, ...fields: string[]): string {
  return headOf(line, ...fields).replace(TEST_KEY, KEYS[account]);
}

/** A connection whose accounts sign in by OAuth 2. */
export function consentConnection(
  upstream: string,
  idp: string,
  { plan, ...more }: Partial<ConnectionSpec> & { readonly plan?: Partial<OAuth2Plan> } = {},
): ConnectionSpec {
  const oauth2 = oauth2Plan(idp, { grant: 'authorization_code', ...plan });
  return { base_url: upstream, grants: true, credential: { kind: 'oauth2', oauth2 }, ...more };
}

/** A connection whose accounts bring a key each. */
export function keyConnection(upstream: string, more: Partial<ConnectionSpec> = {}): ConnectionSpec {
  const secret = { grant: 'credential', at: AT } as const;
  return {
    base_url: upstream,
    grants: true,
    credential: { kind: 'header', name: 'X-Vendor-Key', prefix: '', suffix: '', secret },
    ...more,
  };
}

/** A variable that grants bring. */
export function broughtVariable(name: string, more: Partial<Variable> = {}): Variable {
  const plain = { doc: null, value: null, default: null, optional: false, pattern: null, values: [] };
  return { name, ...plain, source: { kind: 'connection' }, ...more };
}

/** Tokens of a grant. */
export function tokensOf(access_token: string, refresh_token: string | null = null): Hidden<GrantCredential> {
  return new Hidden({ kind: 'oauth2', access_token, refresh_token, scope: null, token_type: 'Bearer' });
}

/** A key of a grant. */
export function keyOf(secret: string): Hidden<GrantCredential> {
  return new Hidden({ kind: 'key', secret });
}

/** What a test has started. */
export interface GrantedSides {
  readonly gateway: TestGateway;
  readonly store: GrantStore;
  readonly idp: RawUpstream;
  readonly upstream: RawUpstream;
  readonly clock: { now: number };
  readonly spec: TableSpec;
  /** Makes an ACTIVE grant of `acme` on `vendor` with these tokens, which end in an hour, or what is given. */
  readonly grant: (fields?: Partial<NewGrant>) => Promise<Grant>;
}

/** What a test starts. */
export interface GrantedSetup {
  readonly idp?: RawAnswer | ((request: RawRequest) => RawAnswer);
  readonly upstream?: RawAnswer | ((request: RawRequest) => RawAnswer);
  readonly connections?: (origins: { upstream: string; idp: string }) => TableSpec['connections'];
  readonly store?: StoreKind;
  readonly url?: string;
  readonly gateway?: Partial<TestGatewayOptions>;
  readonly audit?: NonNullable<TableSpec['audit']>;
}

/** Opens the store that a gateway has, beside it. */
export async function storeBeside(
  url: string,
  now?: () => number,
  keys: Readonly<Record<string, string>> = STORE_KEY,
): Promise<GrantStore> {
  const store = await openStore(new Hidden(url), {
    keys: sealingKeys(keys),
    keyMade: () => {},
    ...(now === undefined ? {} : { now }),
  });
  onTestFinished(() => store.close());
  return store;
}

/** Starts a gateway whose connection `vendor` needs grants, its store, its authorization server and its upstream. */
export async function startGranted(setup: GrantedSetup = {}): Promise<GrantedSides> {
  const idp = await rawUpstream(setup.idp ?? OK);
  const upstream = await rawUpstream(setup.upstream ?? OK);
  const clock = { now: BEGAN };
  const url = setup.url ?? (await storeUrl(setup.store ?? 'sqlite'));
  const origins = { upstream: upstream.origin, idp: idp.origin };
  const spec: TableSpec = {
    connections: setup.connections?.(origins) ?? {
      vendor: consentConnection(upstream.origin, idp.origin),
    },
    callers: CALLERS,
    store: url,
    control_url: 'https://control.example',
    metrics: 'public',
    ...(setup.audit === undefined ? {} : { audit: setup.audit }),
  };
  const store = await storeBeside(url, () => clock.now);
  const gateway = await startGateway(spec, {
    ...setup.gateway,
    environment: { ...GRANTS_ENVIRONMENT, ...setup.gateway?.environment },
    oauth: { now: () => clock.now, ...setup.gateway?.oauth },
  });
  const grant = (fields: Partial<NewGrant> = {}): Promise<Grant> =>
    store.create({
      connection: 'vendor',
      account: 'acme',
      method: 'OAUTH2',
      status: 'ACTIVE',
      credential: tokensOf('token-0', 'refresh-0'),
      expires_at: clock.now + 3_600_000,
      authenticated_at: clock.now,
      ...fields,
    });
  return { gateway, store, idp, upstream, clock, spec, grant };
}
