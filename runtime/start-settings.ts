import { createHash } from 'node:crypto';
import { usesStore } from '../table/rules/audit-sinks.ts';
import type { Gateway } from '../table/types.ts';
import { Hidden } from './hidden.ts';
import { resolveUrl } from './load/resolve-secrets.ts';
import type { Environment } from './load/resolve-secrets.ts';
import { SealingKeyError, sealingKeys } from './sealing/sealing-keys.ts';
import type { SealingKeys } from './sealing/sealing-keys.ts';

/** Settings that hold from the start of what uses them until the process ends. */
export type StartSetting =
  | 'gateway.listen'
  | 'gateway.control'
  | 'gateway.audit'
  | 'gateway.store'
  | 'GW_ENCRYPTION_KEY';

/**
 * Gives what tells, of a table that was taken, which settings are others than those that are in use. Each is in use as
 * it was when something began to use it: a store and its key when there are grants, or the first table keeps its
 * audit there.
 */
export function settingsInUse(
  environment: Environment,
  hasGrants: () => boolean,
): (gateway: Gateway) => Promise<readonly StartSetting[]> {
  const held = new Map<StartSetting, string>();
  let keepsRows: boolean | null = null;
  return async (gateway) => {
    keepsRows ??= usesStore(gateway.audit);
    const unused = new Set<StartSetting>();
    if (!hasGrants()) unused.add('GW_ENCRYPTION_KEY');
    if (!hasGrants() && !keepsRows) unused.add('gateway.store');
    const settings = await startSettings(gateway, environment);
    for (const [name, value] of settings) if (!held.has(name) && !unused.has(name)) held.set(name, value);
    return [...held].filter(([name, value]) => settings.get(name) !== value).map(([name]) => name);
  };
}

/**
 * Gives what tells whether one of them changed: digests, for a URL may hold a password. A store whose URL cannot be
 * resolved counts as it is written; keys were judged before.
 */
async function startSettings(
  gateway: Gateway,
  environment: Environment,
): Promise<ReadonlyMap<StartSetting, string>> {
  const keys = keysOf(environment);
  const url = await resolveUrl(gateway.store, { environment, keys });
  const values: Record<StartSetting, unknown> = {
    'gateway.listen': gateway.listen,
    'gateway.control': gateway.control,
    'gateway.audit': gateway.audit,
    'gateway.store': url instanceof Hidden ? url.reveal() : gateway.store,
    // The first one seals, the others open.
    GW_ENCRYPTION_KEY: [keys?.first.id, ...[...(keys?.byId.keys() ?? [])].sort()],
  };
  return new Map(
    Object.entries(values).map(([name, value]) => [name as StartSetting, digestOf(JSON.stringify(value))]),
  );
}

function keysOf(environment: Environment): SealingKeys | null {
  try {
    return sealingKeys(environment);
  } catch (error) {
    // They were read a moment ago: their file is being replaced.
    if (error instanceof SealingKeyError) return null;
    throw error;
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
