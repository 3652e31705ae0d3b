import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'vitest';
import type { GrantStore } from '../../runtime/grants/store/grant-store.ts';
import { folderOf } from './folder.ts';
import type { Files } from './folder.ts';
import { gw, listening, startGw } from './gw-process.ts';
import type { LogLine, RunningGw } from './gw-process.ts';
import { keyTexts, openedStore } from './stores.ts';

const KEY = 'gw_mortal_0123456789abcdefghijklmnopqrstuv';

/** A gateway in a process of its own, which is killed and started again on the same addresses and the same store. */
export interface MortalGateway {
  readonly base: string;
  readonly control: string;
  readonly key: string;
  /** What all of its lives have logged. */
  readonly log: readonly LogLine[];
  /** Starts it; what is given here is set over its environment. */
  start(environment?: Readonly<Record<string, string>>): Promise<void>;
  /** kill -9; waits for its end. */
  kill(): Promise<void>;
  /** Tells it to end (SIGTERM); resolves when it has begun to, and gives what waits for its exit code. */
  end(): Promise<{ readonly code: Promise<number | null> }>;
  /** Its store, as another process sees it. */
  store(): Promise<GrantStore>;
  /** Asks the control API; gives its JSON. */
  ask(line: string, body?: object): Promise<Record<string, unknown>>;
  /** Sends a request through it, until the caller leaves. */
  get(path: string, headers?: Readonly<Record<string, string>>, leaves?: AbortSignal): Promise<Response>;
}

/** How a mortal gateway is made. */
export interface MortalParts {
  /** The URL of its store. */
  readonly store: string;
  /** Gives its connections, for the address that authorization servers send browsers back to. */
  readonly connections: (callback: string) => string | Promise<string>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Beside its YAML, such as catalogs. */
  readonly files?: Files;
  /** Further keys under `gateway`. */
  readonly gateway?: string;
}

/** Compiles a gateway and starts it. It ends with the test. */
export async function mortalGateway({
  store,
  connections,
  environment,
  files,
  gateway: more = '',
}: MortalParts): Promise<MortalGateway> {
  const [port, controlPort] = [await freePort(), await freePort()];
  const control = `http://127.0.0.1:${controlPort}`;
  const folder = folderOf({
    ...files,
    'gateway.d/gateway.yaml': gatewayYaml(store, more),
    'gateway.d/connections.yaml': await connections(`${control}/api/v1/admin/oauth/callback`),
  });
  const env = { CALLER: KEY, GW_ENCRYPTION_KEY: keyTexts(1), ...environment };
  const compiled = await gw(['compile'], { cwd: folder });
  expect([compiled.stderr, compiled.code]).toEqual(['', 0]);
  const log: LogLine[] = [];
  let running: RunningGw | null = null;
  let opened: Promise<GrantStore> | null = null;
  const headers = { authorization: `Bearer ${KEY}` };
  const gateway: MortalGateway = {
    base: `http://127.0.0.1:${port}`,
    control,
    key: KEY,
    get log() {
      return [...log, ...(running?.log ?? [])];
    },
    start: async (over = {}) => {
      running = startGw(
        [
          'serve',
          '--log-level',
          'trace',
          '--listen',
          `127.0.0.1:${port}`,
          '--control',
          `127.0.0.1:${controlPort}`,
        ],
        {
          cwd: folder,
          env: { ...env, ...over },
        },
      );
      await listening(running);
    },
    kill: async () => {
      running?.signal('SIGKILL');
      await running?.ended;
      log.push(...(running?.log ?? []));
      running = null;
    },
    end: async () => {
      const ending = running;
      if (ending === null) throw new Error('it does not run');
      ending.signal('SIGTERM');
      await ending.logged(({ msg }) => msg === 'draining');
      return { code: ending.ended.then(({ code }) => code) };
    },
    store: () => (opened ??= openedStore(store)),
    ask: async (line, body) => {
      const [method = '', path = ''] = line.split(' ');
      const response = await fetch(control + path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return (await response.json()) as Record<string, unknown>;
    },
    get: (path, others, leaves) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { ...headers, ...others },
        ...(leaves === undefined ? {} : { signal: leaves }),
      }),
  };
  await gateway.start();
  return gateway;
}

function gatewayYaml(store: string, more: string): string {
  return `gateway:
  store: "${store}"
  rate_limit: { requests_per_second: 1000, burst: 1000 }
${more.replace(/^(?=.)/gm, '  ')}
callers:
  me: { key: "\${env:CALLER}", admin: true, personas: [everything] }
personas:
  everything: { connections: { allow: ["*"] }, grants: manage }
`;
}

/** Below what systems give to whoever asks for any port, a client's included (RFC 6335 6; Linux begins at 32768). */
const FIXED_PORTS = { first: 20_000, count: 12_000 };

/** Gives a port that stays free between several lives: by chance, among those that nobody is given. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = FIXED_PORTS.first + randomInt(FIXED_PORTS.count);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
