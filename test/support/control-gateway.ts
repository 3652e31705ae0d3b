import { onTestFinished } from 'vitest';
import { compileFolder } from '../../cli/compile-folder.ts';
import { renderText } from '../../compiler/diagnostic/text.ts';
import type { LoadedTable } from '../../runtime/load/table-source.ts';
import { openLog } from '../../runtime/observe/log.ts';
import { serve } from '../../runtime/serve.ts';
import type { ServeOptions } from '../../runtime/serve.ts';
import { decodeTable } from '../../table/decode.ts';
import { encodeTable } from '../../table/encode.ts';
import { recordsInMemory } from '../../table/records/open-records.ts';
import { folderOf, writeFiles } from './folder.ts';
import type { Files } from './folder.ts';

/** The callers of every control gateway: their keys. */
export const KEYS = {
  /** Account one; may manage grants. */
  one: 'gw_one_0123456789abcdefghijklmnopqrstuvw',
  /** Account one; may use its grants. */
  user: 'gw_user_0123456789abcdefghijklmnopqrstuv',
  /** Account two; may manage grants. */
  two: 'gw_two_0123456789abcdefghijklmnopqrstuvw',
  /** Account two; sees the connection `plain` alone. */
  narrow: 'gw_narrow_0123456789abcdefghijklmnopqrst',
  admin: 'gw_admin_0123456789abcdefghijklmnopqrstu',
} as const;

export type CallerName = keyof typeof KEYS;

/** An answer of the control API. */
export interface ControlReply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Record<string, unknown>;
}

/** A gateway whose control address is called. It ends with the test. */
export interface ControlGateway {
  /** `http://127.0.0.1:PORT` of the control address. */
  readonly control: string;
  /** That of the data plane. */
  readonly data: string;
  readonly controlPort: number;
  /** The folder with its YAML and its store. */
  readonly folder: string;
  /** What the log has, line by line. */
  readonly log: readonly string[];
  /** Sends `METHOD /path` as a caller. */
  readonly call: (caller: CallerName | null, line: string, body?: unknown) => Promise<ControlReply>;
  /** Creates a grant and gives its link. */
  readonly link: (caller: CallerName, app: string) => Promise<{ readonly id: string; readonly url: string }>;
  /** Replaces connections, changes the YAML of callers and personas, and swaps. */
  readonly reload: (connections: string, change?: (yaml: string) => string) => Promise<void>;
}

/** How a control gateway differs from the plain one. */
export interface ControlGatewayOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Files;
  /** Further keys under `gateway`. */
  readonly gateway?: string;
  readonly rateLimit?: string;
  readonly store?: string;
  readonly oauth?: ServeOptions['oauth'];
}

/**
 * Starts a gateway from YAML. `connections` gives its connections once the redirect URI is known, for authorization
 * servers that want it beforehand.
 */
export async function controlGateway(
  connections: (redirectUri: string) => Promise<string> | string,
  { environment = {}, files = {}, gateway = '', rateLimit, store, oauth }: ControlGatewayOptions = {},
): Promise<ControlGateway> {
  const log: string[] = [];
  const folder = folderOf(files);
  const storeUrl = store ?? `sqlite:${folder}/state/gw.db`;
  const load = async (yaml: string, change = (whole: string) => whole): Promise<LoadedTable> => {
    writeFiles(folder, {
      'gateway.d/10-gateway.yaml': change(gatewayYaml(storeUrl, gateway, rateLimit)),
      'gateway.d/20-connections.yaml': yaml,
    });
    const { table, records, diagnostics } = await compileFolder(folder, { literalSecrets: 'error' });
    if (table === null || records === null) throw new Error(renderText(diagnostics, { color: false }));
    const { bytes, digest } = encodeTable(table);
    const decoded = decodeTable(bytes, digest);
    return { table: decoded, digest, records: recordsInMemory(decoded.records, records), close: () => {} };
  };
  let loaded = await load('connections: {}\n');
  const serving = await serve({
    source: { digest: () => Promise.resolve(loaded.digest), load: () => Promise.resolve(loaded) },
    environment: { ...KEY_ENVIRONMENT, ...environment },
    log: openLog('debug', {
      write: (line: string) => void log.push(line),
      flush: () => Promise.resolve(),
    }),
    ...(oauth === undefined ? {} : { oauth }),
    listen: { host: '127.0.0.1', port: 0 },
    control: { host: '127.0.0.1', port: 0 },
    watch_ms: null,
  });
  onTestFinished(() => serving.close());
  const controlPort = serving.controlAddress.port;
  const control = `http://127.0.0.1:${controlPort}`;
  const reload: ControlGateway['reload'] = async (yaml, change) => {
    loaded = await load(yaml, change);
    if (!(await serving.reload())) throw new Error(`the table was not taken: ${log.at(-1)}`);
  };
  await reload(await connections(`${control}/api/v1/admin/oauth/callback`));
  const call: ControlGateway['call'] = async (caller, line, body) => {
    const [method = '', path = ''] = line.split(' ');
    const response = await fetch(control + path, {
      method,
      headers: caller === null ? {} : { authorization: `Bearer ${KEYS[caller]}` },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: text === '' ? {} : JSON.parse(text) };
  };
  return {
    control,
    data: `http://127.0.0.1:${serving.address.port}`,
    controlPort,
    folder,
    log,
    call,
    link: async (caller, app) => {
      const { status, json } = await call(caller, 'POST /connections', { app });
      if (status !== 201) throw new Error(`creating came to ${status}: ${JSON.stringify(json)}`);
      return { id: String(json['connection_id']), url: String(json['url']) };
    },
    reload,
  };
}

const KEY_ENVIRONMENT = Object.fromEntries(
  Object.entries(KEYS).map(([name, key]) => [`KEY_${name.toUpperCase()}`, key]),
);

function gatewayYaml(
  store: string,
  more: string,
  rateLimit = '{ requests_per_second: 1000, burst: 1000 }',
): string {
  return `gateway:
  store: ${store}
  rate_limit: ${rateLimit}
${more.replace(/^(?=.)/gm, '  ')}
connections:
  plain: { base_url: "http://127.0.0.1:1", auth_mode: none }
callers:
  one: { account: one, key: "\${env:KEY_ONE}", personas: [manager] }
  user: { account: one, key: "\${env:KEY_USER}", personas: [user] }
  two: { account: two, key: "\${env:KEY_TWO}", personas: [manager] }
  narrow: { account: two, key: "\${env:KEY_NARROW}", personas: [narrow] }
  admin: { key: "\${env:KEY_ADMIN}", admin: true }
personas:
  manager: { connections: { allow: ["*"] }, grants: manage }
  user: { connections: { allow: ["*"] } }
  narrow: { connections: { allow: [plain] }, grants: manage }
`;
}
