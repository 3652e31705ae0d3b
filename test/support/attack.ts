import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'vitest';
import { startGateway } from './gateway.ts';
import { wholeResponses } from './raw-caller.ts';
import { OK, rawUpstream } from './raw-upstream.ts';
import type { RawAnswer, RawRequest } from './raw-upstream.ts';
import { TEST_KEY } from './table.ts';
import { strictRequests } from './strict-requests.ts';
import type { ConnectionSpec, TableSpec } from './table.ts';

/** One attack: bytes that a caller sends, and everything that may come of them. */
export interface Attack {
  readonly name: string;
  /** Latin-1. `{key}` is the gateway key. */
  readonly send: string;
  /** Of the connection `vendor`, whose base path is `/v1`. */
  readonly connection?: Partial<ConnectionSpec>;
  readonly table?: Partial<Omit<TableSpec, 'connections'>>;
  /** Of the gateway's process. */
  readonly environment?: Record<string, string>;
  readonly answer?: RawAnswer | ((request: RawRequest) => RawAnswer);
  /** Statuses of all final answers, in order; the socket is then closed by the caller. */
  readonly statuses: readonly number[];
  /** The Gateway-Error of each answer that has one. */
  readonly codes?: readonly string[];
  /**
   * All bytes that the upstream saw. `{host}` is what undici writes first: Host and Connection.
   * By default nothing.
   */
  readonly upstream?: string;
  /** In place of `upstream`, where the framing may be either: each request and its content, strictly read. */
  readonly requests?: readonly (readonly [head: string, content: string])[];
}

/** What a caller saw of an attack. */
export interface AttackOutcome {
  readonly statuses: number[];
  readonly codes: string[];
  readonly bytes: string;
  readonly upstream: string;
}

/** A request's bytes: its first line, the gateway's Host and key, then these fields; content may follow. */
export function head(line: string, ...fields: string[]): string {
  return [line, 'Host: gw', 'X-API-Key: {key}', ...fields, '', ''].join('\r\n');
}

/** The bytes of a request as the upstream is to see it. */
export function seen(line: string, ...fields: string[]): string {
  return `${line}\r\n{host}${fields.map((field) => `${field}\r\n`).join('')}\r\n`;
}

/** Carries an attack out against a gateway of its own, and holds what came of it against what may. */
export async function check(attack: Attack): Promise<AttackOutcome> {
  const outcome = await carryOut(attack);
  expect({
    statuses: outcome.statuses,
    codes: outcome.codes,
    upstream: attack.requests === undefined ? outcome.upstream : unframed(outcome.upstream),
  }).toEqual({
    statuses: attack.statuses,
    codes: attack.codes ?? [],
    upstream: attack.requests ?? attack.upstream ?? '',
  });
  return outcome;
}

/** The requests of these bytes, with one framing each, told without it. */
function unframed(bytes: string): [head: string, content: string][] {
  return strictRequests(bytes.replaceAll('{host}', 'host: upstream\r\n')).map(
    ({ method, target, fields, content }) => [
      [
        `${method} ${target}`,
        ...fields
          .filter(([name]) => !['host', 'content-length', 'transfer-encoding'].includes(name))
          .map(([name, value]) => `${name}: ${value}`),
      ].join('\n'),
      content,
    ],
  );
}

/** Carries an attack out. Only `statuses` of what it expects is looked at: how many answers to wait for. */
export async function carryOut(attack: Attack): Promise<AttackOutcome> {
  const upstream = await rawUpstream(attack.answer ?? OK);
  const table: TableSpec = {
    ...attack.table,
    connections: {
      // One socket: whatever was sent stands before the marker on it.
      vendor: {
        base_url: `${upstream.origin}/v1`,
        limits: { upstream_sockets_max: 1 },
        ...attack.connection,
      },
      marker: { base_url: upstream.origin, limits: { upstream_sockets_max: 1 } },
    },
  };
  const gateway = await startGateway(
    table,
    attack.environment === undefined ? {} : { environment: attack.environment },
  );
  const bytes = await exchangeRaw(
    gateway.port,
    attack.send.replaceAll('{key}', TEST_KEY),
    attack.statuses.length,
  );
  // What the gateway was going to send it has sent before this arrives: both go through the same loop.
  const marker = head('GET /marker/marker HTTP/1.1').replaceAll('{key}', TEST_KEY);
  await exchangeRaw(gateway.port, marker, 1);
  await upstream.waitUntil(() => upstream.received().includes('GET /marker'));
  const host = `host: 127.0.0.1:${upstream.port}\r\nconnection: keep-alive\r\n`;
  return {
    bytes,
    statuses: [...bytes.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1])),
    codes: [...bytes.matchAll(/^Gateway-Error: (.*)\r$/gm)].map((match) => match[1] ?? ''),
    upstream: upstream
      .received()
      .replace(/GET \/marker HTTP\/1\.1\r\n(?:.+\r\n)*\r\n/, '')
      .replaceAll(host, '{host}'),
  };
}

/** Sends bytes, waits for `count` final answers, ends its side, and gives all that came until the gateway closed. */
export async function exchangeRaw(port: number, bytes: string, count: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  socket.on('error', () => {});
  let text = '';
  let ended = false;
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    if (ended || wholeResponses(text) < count) return;
    ended = true;
    socket.end();
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('end', resolve).once('close', () => resolve());
  });
  socket.write(Buffer.from(bytes, 'latin1'));
  await closed;
  socket.destroy();
  return text;
}
