import { randomBytes } from 'node:crypto';
import type { Caller, Table } from '../../table/types.ts';
import { KEY_LEAST_CHARACTERS, keyDigest } from '../3-authenticate/caller-key.ts';
import { rightsOf } from '../3-authenticate/rights-of.ts';
import { memoryRateLimit } from '../3-authenticate/rate-limit.ts';
import { keyRing, SealingKeyError, sealingKeys } from '../sealing/sealing-keys.ts';
import type { SealingKeys } from '../sealing/sealing-keys.ts';
import type { Grants } from '../grants/grants.ts';
import type { ClientTokenSet } from '../grants/oauth/client-tokens.ts';
import type { PoolSet } from '../6-forward/pool-set.ts';
import { tlsContexts } from '../6-forward/tls-contexts.ts';
import { memoryBudget } from '../7-relay/memory-budget.ts';
import { operationSets } from '../operations/operation-sets.ts';
import { validatorSets } from '../validate/request-validation.ts';
import { turnQueue } from '../validate/turn-queue.ts';
import { buildRoute } from './build-route.ts';
import type { RouteDraft } from './build-route.ts';
import { credentialPlacer } from './place-credential.ts';
import { LoadReport } from './load-report.ts';
import { resolveSecrets } from './resolve-secrets.ts';
import type { Environment, ResolvedSecrets } from './resolve-secrets.ts';
import type { KnownCaller, Route, Snapshot } from './snapshot.ts';
import type { LoadedTable } from './table-source.ts';

/** What a snapshot is built with beside its table. */
export interface SnapshotParts {
  readonly environment: Environment;
  readonly pools: PoolSet;
  readonly tokens: ClientTokenSet;
  /** Whether validators that were made ahead are run (`--no-codegen`: they are made anew). */
  readonly codegen: boolean;
  /** The snapshot that serves now: its counts of accounts go on where the policy is the same. */
  readonly previous: Snapshot | null;
  /** Gives the grants of accounts, for a table that is sound; null where no connection needs any. */
  readonly openGrants: () => Promise<Grants<Route> | null>;
}

/**
 * Gives a table made ready to serve: secrets resolved and checked, plans filled, pools acquired. Rejects
 * with a LoadError that names every missing or unfit secret by connection, file and line; no pool is
 * opened then.
 */
export async function buildSnapshot(loaded: LoadedTable, parts: SnapshotParts): Promise<Snapshot> {
  const { table, digest } = loaded;
  const report = new LoadReport();
  if (table.gateway.rate_limit.store !== 'memory') {
    report.fault(
      'gateway',
      'rate_limit.store: this version counts in memory only; write memory, or leave it out',
    );
  }
  const keys = keysOf(parts.environment, report);
  const { secrets, faults } = await resolveSecrets(table, {
    environment: parts.environment,
    keys,
  });
  for (const { owner, reference, why, at } of faults) report.fault(owner, `${reference}: ${why} (${at})`);
  const callers = buildCallers(table, secrets, report);
  const validatorsOf = validatorSets({ records: loaded.records, queue: turnQueue(), codegen: parts.codegen });
  const contextOf = tlsContexts();
  const drafts: RouteDraft[] = [];
  for (const connection of table.connections)
    drafts.push(await buildRoute(connection, { secrets, report, loaded, validatorsOf, contextOf }));
  report.throwIfFaulty();
  const grants = await parts.openGrants();
  const { requests_per_second, burst } = table.gateway.rate_limit;
  const policy = { requests_per_second, burst };
  return {
    digest,
    limits: table.gateway.limits,
    public_url: table.gateway.public_url,
    listen: table.gateway.listen,
    routes: new Map(drafts.map((draft) => [draft.route.connection.name, opened(draft, parts)])),
    operations: operationSets(table, loaded.records),
    grants,
    control_url: table.gateway.control_url,
    callers,
    metrics: table.gateway.metrics,
    policy,
    invokeMemory: parts.previous?.invokeMemory ?? memoryBudget(),
    sessionKeys: keys ?? parts.previous?.sessionKeys ?? keyRing([randomBytes(32)], ''),
    rateLimit: keptRateLimit(parts.previous, policy) ?? memoryRateLimit(policy),
    notices: report.notices,
  };
}

/** What routes hold while they serve. */
export type Held = Pick<SnapshotParts, 'pools' | 'tokens'>;

function opened({ route, targets, tokens, beside, ofGrant }: RouteDraft, parts: Held): Route {
  const place = credentialPlacer(beside);
  return {
    ...route,
    pools: targets.reveal().map((target) => parts.pools.acquire(target)),
    live: tokens === null ? null : { source: parts.tokens.acquire(tokens), place },
    // Only a grant has what is signed with.
    signer: null,
    complete:
      ofGrant === null
        ? null
        : async (brought) => {
            const draft = await ofGrant(brought);
            if (!('route' in draft)) return draft;
            const whole = opened(draft, parts);
            return {
              route: whole,
              place: credentialPlacer(draft.beside),
              giveBack: () => giveBack(whole, parts),
            };
          },
  };
}

/** Gives back the sockets and tokens of a route that no exchange uses any more. */
export function giveBack({ pools, live }: Route, parts: Held): void {
  // Closing waits for sockets to end; nothing here waits for that, and it does not fail.
  for (const pool of pools) void parts.pools.release(pool);
  if (live !== null) parts.tokens.release(live.source);
}

/** Gives the keys that open sealed text; what is no key is a fault, for what it was to open stays closed. */
function keysOf(environment: Environment, report: LoadReport): SealingKeys | null {
  try {
    return sealingKeys(environment);
  } catch (error) {
    if (!(error instanceof SealingKeyError)) throw error;
    report.fault('gateway', error.message);
    return null;
  }
}

function keptRateLimit(previous: Snapshot | null, policy: Snapshot['policy']): Snapshot['rateLimit'] | null {
  if (previous === null) return null;
  const { requests_per_second, burst } = previous.policy;
  return requests_per_second === policy.requests_per_second && burst === policy.burst
    ? previous.rateLimit
    : null;
}

function buildCallers(table: Table, secrets: ResolvedSecrets, report: LoadReport): Map<string, KnownCaller> {
  if (table.callers.length === 0) report.notice('no caller is declared: every request will be answered 401');
  const rights = table.access.map(rightsOf);
  const callers = new Map<string, KnownCaller>();
  const owners = new Map<string, string>();
  for (const caller of table.callers) {
    const digest = callerDigest(caller, secrets, report);
    if (digest === null) continue;
    const other = owners.get(digest);
    if (other !== undefined)
      report.fault(`caller ${caller.name}`, `has the same key as caller ${other} (${caller.at})`);
    owners.set(digest, caller.name);
    const held = rights[caller.access];
    if (held === undefined) throw new Error('a table without the access plan of a caller was accepted');
    callers.set(digest, { ...held, name: caller.name, account: caller.account, admin: caller.admin });
  }
  return callers;
}

/** Gives the digest of a caller's key; null, with the reason reported, where the key cannot be used. */
function callerDigest(caller: Caller, secrets: ResolvedSecrets, report: LoadReport): string | null {
  if ('sha256' in caller.key) return caller.key.sha256;
  const secret = caller.key.secret;
  const key = secrets.get(secret)?.reveal();
  if (key === undefined) return null;
  if (key.length < KEY_LEAST_CHARACTERS) {
    report.fault(
      `caller ${caller.name}`,
      `the key has fewer than ${KEY_LEAST_CHARACTERS} characters; gw key create makes one (${secret.at})`,
    );
    return null;
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    report.fault(
      `caller ${caller.name}`,
      `the key has characters that cannot be sent as a bearer token (${secret.at})`,
    );
    return null;
  }
  return keyDigest(key);
}
