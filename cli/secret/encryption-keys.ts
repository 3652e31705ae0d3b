import { KEY_VARIABLES, SealingKeyError, sealingKeys } from '../../runtime/sealing/sealing-keys.ts';
import type { SealingKeys } from '../../runtime/sealing/sealing-keys.ts';
import { UsageError } from '../usage-error.ts';

/** Gives the keys of the environment, null where it has none. Throws a UsageError for what is no key. */
export function keysOfEnvironment(): SealingKeys | null {
  try {
    return sealingKeys(process.env);
  } catch (error) {
    if (error instanceof SealingKeyError) throw new UsageError(error.message);
    throw error;
  }
}

/** Gives the keys of the environment. Throws a UsageError where there is none. */
export function requiredKeys(): SealingKeys {
  const keys = keysOfEnvironment();
  if (keys === null)
    throw new UsageError(`set ${KEY_VARIABLES[0]} to the key that \`gw secret keygen\` printed`);
  return keys;
}
