import { createRequire } from 'node:module';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { buildConnector, Client, Pool } from 'undici';

/** The parts of undici that are used, by path: the whole package costs three times their time. All are public in its index. */
export interface UndiciParts {
  readonly Pool: typeof Pool;
  readonly Client: typeof Client;
  readonly buildConnector: typeof buildConnector;
}

/** Modules of undici in an order in which each brings few others. */
const IN_STEPS = [
  'undici/lib/core/util.js',
  'undici/lib/core/request.js',
  'undici/lib/core/connect.js',
  'undici/lib/dispatcher/client-h2.js',
  'undici/lib/dispatcher/client-h1.js',
  'undici/lib/dispatcher/client.js',
  'undici/lib/dispatcher/pool.js',
];

const require = createRequire(import.meta.url);

let loaded: UndiciParts | null = null;

/** Gives the parts of undici: loaded now, where no request came after `loadUndici`. */
export function undiciParts(): UndiciParts {
  loaded ??= {
    Pool: require('undici/lib/dispatcher/pool.js') as typeof Pool,
    Client: require('undici/lib/dispatcher/client.js') as typeof Client,
    buildConnector: require('undici/lib/core/connect.js') as typeof buildConnector,
  };
  return loaded;
}

/** Loads undici, which no start waits for, a step in each turn of the event loop. */
export async function loadUndici(): Promise<void> {
  for (const name of IN_STEPS) {
    require(name);
    await nextTurn();
  }
  undiciParts();
}
