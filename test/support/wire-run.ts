import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { systemResolve } from '../../runtime/6-forward/network.ts';
import type { SocketPlace } from '../../runtime/6-forward/network.ts';
import { startGateway } from './gateway.ts';
import { OK, rawUpstream } from './raw-upstream.ts';
import type { RawRequest, RawUpstream } from './raw-upstream.ts';
import { gives, operationsOf, CREDENTIALS, rule, TEST_ENVIRONMENT, TEST_KEY, valueOf } from './table.ts';
import type { ConnectionSpec, TableSpec } from './table.ts';
import { bytesOf } from './wire-case.ts';
import type { Placeholders, WireBlock, WireCase } from './wire-case.ts';

/** What each side saw, with what differs from run to run replaced. */
export interface WireOutcome {
  upstream: string;
  upstreamCut: boolean;
  response: string;
  /** `open`: a further request on the socket was answered. */
  socket: 'open' | 'closed';
}

/** The keys of a `table` block: those of a ConnectionSpec, short forms, and `gateway` for the rest of the table. */
interface TableBlock extends Omit<Partial<ConnectionSpec>, 'credential' | 'catalog' | 'path' | 'query'> {
  readonly base?: string;
  /** In place of the raw upstream. */
  readonly origin?: string;
  readonly credential?: keyof typeof CREDENTIALS;
  readonly operations?: string[];
  /** Segments of the path and their values; `$NAME` is a secret. */
  readonly replace?: Readonly<Record<string, string | null>>;
  readonly prepend?: { readonly path: string; readonly unless_present: boolean };
  /** Names and values of the query; `$NAME` is a secret. */
  readonly query?: Readonly<Record<string, string>>;
  readonly hosts?: { base: string; methods?: string[]; paths?: string[] }[];
  readonly rules?: { action: 'allow' | 'deny'; methods?: string[]; paths?: string[] }[];
  readonly read_only?: boolean;
  readonly denied?: boolean;
  readonly gateway?: Pick<TableSpec, 'limits' | 'rate_limit' | 'public_url' | 'callers'>;
}

/** How long a case waits for bytes that do not come, before it compares what there is. Only a failing case gets there. */
const PATIENCE_MS = 4_000;

/** A request that is answered by the gateway itself, with which a socket is proved to be open. */
const PROBE = 'GET /probe HTTP/1.1\r\nHost: gw\r\n\r\n';

const FIXED: Placeholders = {
  key: TEST_KEY,
  secret: TEST_ENVIRONMENT.SECRET,
  other_secret: TEST_ENVIRONMENT.OTHER_SECRET,
};

/** Plays a case. Gives what was seen, and what should have been. */
export async function runWireCase(one: WireCase): Promise<{ seen: WireOutcome; expected: WireOutcome }> {
  const { upstream, port } = await startSides(one.blocks);

  const expected: WireOutcome = { upstream: '', upstreamCut: false, response: '', socket: 'open' };
  const named = (text: string): string => text.replaceAll(`127.0.0.1:${upstream.port}`, '{upstream}');
  const caller = await openCaller(port, named);
  const received = (): string => named(upstream.received());
  for (const { kind, flags, lines } of one.blocks) {
    if (kind === 'caller') {
      caller.socket.write(Buffer.from(blockBytes(lines), 'latin1'));
      if (flags.includes('end')) caller.socket.end();
      if (flags.includes('reset')) caller.socket.resetAndDestroy();
    } else if (kind === 'response') {
      expected.response += blockBytes(lines);
      if (flags.includes('closed')) expected.socket = 'closed';
      const closed = expected.socket === 'closed';
      await patient(
        caller.waitUntil(() => (closed ? caller.closed() : caller.text().length >= expected.response.length)),
      );
    } else if (kind === 'upstream') {
      expected.upstream += blockBytes(lines);
      expected.upstreamCut ||= flags.includes('cut');
      const cut = expected.upstreamCut;
      await patient(
        upstream.waitUntil(
          () => received().length >= expected.upstream.length && (!cut || upstream.closedSockets > 0),
        ),
      );
    }
  }
  const seen: WireOutcome = { upstream: '', upstreamCut: false, response: caller.text(), socket: 'closed' };
  if (expected.socket === 'open') seen.socket = await probe(caller, seen.response);
  seen.upstream = received();
  seen.upstreamCut = expected.upstreamCut && upstream.closedSockets > 0;
  return { seen, expected };
}

/** The bytes of a block; none where it says `nothing`. */
function blockBytes(lines: readonly string[]): string {
  return lines.join() === 'nothing' ? '' : bytesOf(lines, FIXED);
}

async function startSides(blocks: readonly WireBlock[]): Promise<{ upstream: RawUpstream; port: number }> {
  const answers = blocks.filter((block) => block.kind === 'answer');
  let answered = 0;
  const upstream: RawUpstream = await rawUpstream(
    (request) => {
      const block = answers[answered++];
      return block === undefined
        ? OK
        : () =>
            give(block, request, {
              ...FIXED,
              upstream: `127.0.0.1:${upstream.port}`,
            });
    },
    false,
    { answerAt: answers.some(({ flags }) => flags.includes('early')) ? 'head' : 'whole' },
  );
  const table = blocks.find((block) => block.kind === 'table');
  const gateway = await startGateway(
    tableSpec((parse(table?.lines.join('\n') ?? '') ?? {}) as TableBlock, upstream),
    {
      network: {
        resolve: systemResolve,
        connectTo: (host) => (NAMED.test(host) ? upstreamOf(upstream) : null),
      },
    },
  );
  return { upstream, port: gateway.port };
}

/** Hosts that a table may name in place of the raw upstream's: it is all of them. */
const NAMED = /\.vendor\.example$/;

function upstreamOf({ port }: RawUpstream): SocketPlace {
  return { address: '127.0.0.1', port };
}

function give({ flags, lines }: WireBlock, { socket }: RawRequest, placeholders: Placeholders): void {
  const bytes = Buffer.from(bytesOf(lines, placeholders), 'latin1');
  if (flags.includes('cut')) socket.end(bytes, () => socket.destroy());
  else socket.write(bytes);
}

function tableSpec(block: TableBlock, upstream: RawUpstream): TableSpec {
  const { base, origin, credential, operations, rules, read_only, denied, gateway, ...others } = block;
  const { replace, prepend, query, hosts, ...connection } = others;
  const declared = (action: 'allow' | 'deny') =>
    (rules ?? [])
      .filter((one) => one.action === action)
      .map((one) => rule(action, one.methods ?? [], one.paths ?? []));
  const access = {
    allows: [gives(rules === undefined ? null : declared('allow'), read_only)],
    denies: declared('deny'),
  };
  return {
    ...gateway,
    connections: {
      vendor: {
        ...connection,
        base_url: (origin ?? upstream.origin) + (base ?? '/v1'),
        ...plansOf({ replace, prepend, query, hosts }),
        ...(credential === undefined ? {} : { credential: CREDENTIALS[credential] }),
        ...(operations === undefined ? {} : { described: operationsOf(...operations), expose: 'operations' }),
      },
    },
    access: { vendor: denied === true ? null : access },
  };
}

function plansOf(block: {
  readonly [K in 'replace' | 'prepend' | 'query' | 'hosts']: TableBlock[K] | undefined;
}): Partial<ConnectionSpec> {
  const { replace, prepend, query, hosts } = block;
  return {
    path:
      replace === undefined && prepend === undefined
        ? null
        : {
            replace: Object.entries(replace ?? {}).map(([segment, text]) => ({
              segment,
              value: text === null ? null : valueOf(text),
            })),
            prepend: prepend ?? null,
          },
    query: Object.entries(query ?? {}).map(([name, text]) => ({ name, value: valueOf(text) })),
    tls: {
      hosts: (hosts ?? []).map(({ base, methods, paths }) => {
        const [, origin = '', base_path = ''] = /^(https?:\/\/[^/]+)(.*)$/.exec(base) ?? [];
        return { origin, base_path, guarded: false, methods: methods ?? [], paths: paths ?? [] };
      }),
    },
  };
}

interface RawCaller {
  readonly socket: Socket;
  text(): string;
  closed(): boolean;
  waitUntil(holds: () => boolean): Promise<void>;
}

async function openCaller(port: number, named: (text: string) => string): Promise<RawCaller> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  let closed = false;
  const waiting = new Set<() => void>();
  const tell = (): void => {
    for (const look of waiting) look();
  };
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    tell();
  });
  for (const event of ['end', 'close']) {
    socket.on(event, () => {
      closed = true;
      tell();
    });
  }
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return {
    socket,
    text: () => named(withoutVolatile(text)),
    closed: () => closed,
    waitUntil: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!holds()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

function withoutVolatile(text: string): string {
  return text
    .replace(/^Date: .*GMT\r$/gm, 'Date: {date}\r')
    .replace(/"request_id":"[\w-]+"/g, '"request_id":"{id}"');
}

async function probe(caller: RawCaller, before: string): Promise<'open' | 'closed'> {
  if (caller.closed()) return 'closed';
  caller.socket.write(PROBE);
  const answered = () => caller.text().startsWith(`${before}HTTP/1.1 401 `);
  await patient(caller.waitUntil(() => caller.closed() || answered()));
  return answered() ? 'open' : 'closed';
}

async function patient(waited: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([waited, enough]);
  clearTimeout(timer);
}
