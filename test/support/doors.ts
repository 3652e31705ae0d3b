import type { AuditRow } from '../../runtime/observe/audit/audit-row.ts';
import type { TestGateway } from './gateway.ts';
import { sendRaw } from './raw-caller.ts';
import { headOf } from './sides.ts';
import { TEST_KEY } from './table.ts';

/** What is asked for, whichever way it is written. */
export interface Asked {
  readonly connection: string;
  readonly method?: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly key?: string;
}

/** A way in. */
export interface Door {
  readonly door: AuditRow['door'];
  /** Gives the bytes of the request. */
  readonly ask: (asked: Asked, port: number) => string;
  /** The caller gets the status of the upstream itself. */
  readonly relays: boolean;
}

const withBody = (line: string, body: string, key: string | undefined, ...fields: string[]): string =>
  headOf(`${line} HTTP/1.1`, `Content-Length: ${Buffer.byteLength(body)}`, ...fields).replace(
    TEST_KEY,
    key ?? TEST_KEY,
  ) + body;

function callOf({ method = 'POST', path, query, body }: Asked): Record<string, unknown> {
  return {
    method,
    path,
    ...(query === undefined ? {} : { query_params: query }),
    ...(body === undefined ? {} : { body }),
  };
}

const byEnvelope =
  (word: string): Door['ask'] =>
  (asked) =>
    withBody(`POST /api/v1/gateway/${asked.connection}/${word}`, JSON.stringify(callOf(asked)), asked.key);

/** Every way that a request to an API comes in by. */
export const DOORS: Record<string, Door> = {
  'plain http': {
    door: 'passthrough',
    relays: true,
    ask: ({ connection, method = 'POST', path, query, body, key }) => {
      const target = `/${connection}${path}${query === undefined ? '' : `?${new URLSearchParams({ ...query }).toString()}`}`;
      return withBody(`${method} ${target}`, body === undefined ? '' : JSON.stringify(body), key);
    },
  },
  invoke: { door: 'invoke', relays: false, ask: byEnvelope('invoke') },
  'invoke-raw': { door: 'invoke', relays: true, ask: byEnvelope('invoke-raw') },
  mcp: {
    door: 'mcp',
    relays: false,
    ask: (asked, port) => {
      const params = {
        name: 'api_invoke_endpoint',
        arguments: { connection: asked.connection, ...callOf(asked) },
      };
      return withBody(
        'POST /mcp',
        JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
        asked.key,
        'Accept: application/json, text/event-stream',
        'Content-Type: application/json',
      ).replace('Host: gw', `Host: 127.0.0.1:${port}`);
    },
  },
};

/** Sends a request, and waits until its exchange is over: then its row was taken. Gives what came back. */
export async function over(gateway: TestGateway, bytes: string): Promise<string> {
  const lines = () => gateway.log.filter(({ msg }) => msg === 'exchange').length;
  const before = lines();
  const answer = await sendRaw(gateway.port, bytes);
  await gateway.logged(() => lines() > before);
  return answer.bytes;
}
