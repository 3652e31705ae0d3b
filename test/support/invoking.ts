import { startGateway } from './gateway.ts';
import type { TestGateway } from './gateway.ts';
import { sendRaw } from './raw-caller.ts';
import { rawUpstream } from './raw-upstream.ts';
import type { RawAnswer, RawRequest, RawUpstream } from './raw-upstream.ts';
import { codeOf, headOf } from './sides.ts';
import { faultTexts } from './validating.ts';
import type { ConnectionSpec, TableSpec } from './table.ts';

/** What came of a call. */
export interface Called {
  readonly status: number;
  /** Of a problem; null for an answer of the upstream. */
  readonly code: string | null;
  readonly detail: string;
  readonly faults: readonly string[];
  /** The head of the response, and its content as it came. Latin-1. */
  readonly head: string;
  readonly content: string;
  /** The content parsed. */
  readonly answer: Record<string, unknown>;
}

/** A gateway with the connection `vendor`, called by envelope, and the upstream behind it. */
export interface Invoking {
  readonly gateway: TestGateway;
  readonly upstream: RawUpstream;
  /** Calls `vendor`; text goes as it is. */
  readonly invoke: (input: unknown, ...fields: string[]) => Promise<Called>;
  readonly invokeRaw: (input: unknown, ...fields: string[]) => Promise<Called>;
}

/** How such a gateway differs from the plain one. */
export interface InvokingSpec {
  readonly connection?: Partial<ConnectionSpec> | undefined;
  /** More of it, where that takes the upstream's origin. */
  readonly connectionOf?: (origin: string) => Partial<ConnectionSpec>;
  readonly table?: Partial<TableSpec>;
  readonly answer?: RawAnswer | ((request: RawRequest) => RawAnswer);
  readonly keep?: boolean;
}

/** An answer of an upstream, framed by its length. */
export function answerOf(
  status: string,
  type: string,
  content: string | Buffer,
  ...fields: string[]
): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const lines = [`HTTP/1.1 ${status}`, ...(type === '' ? [] : [`Content-Type: ${type}`]), ...fields];
  const head = `${lines.join('\r\n')}\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}

/** Starts both sides. Without `keep` they end with the test. */
export async function startInvoking(spec: InvokingSpec = {}): Promise<Invoking> {
  const { connection, connectionOf, table, answer, keep } = spec;
  const upstream = await rawUpstream(answer ?? answerOf('200 OK', 'application/json', '{"ok":true}'), keep);
  const gateway = await startGateway(
    {
      connections: {
        vendor: { base_url: upstream.origin, ...connection, ...connectionOf?.(upstream.origin) },
      },
      ...table,
    },
    { keep: keep ?? false },
  );
  const call =
    (word: string) =>
    async (input: unknown, ...fields: string[]) => {
      const content = Buffer.from(typeof input === 'string' ? input : JSON.stringify(input), 'utf8');
      const target = `/api/v1/gateway/vendor/${word}`;
      const head = headOf(`POST ${target} HTTP/1.1`, `Content-Length: ${content.length}`, ...fields);
      const { bytes, statuses } = await sendRaw(
        gateway.port,
        Buffer.concat([Buffer.from(head, 'latin1'), content]),
      );
      return calledOf(bytes, statuses[0] ?? 0);
    };
  return { gateway, upstream, invoke: call('invoke'), invokeRaw: call('invoke-raw') };
}

function calledOf(bytes: string, status: number): Called {
  const end = bytes.indexOf('\r\n\r\n');
  const content = bytes.slice(end + 4);
  const answer = content.startsWith('{')
    ? (JSON.parse(Buffer.from(content, 'latin1').toString('utf8')) as Record<string, unknown>)
    : {};
  const { detail } = answer;
  return {
    status,
    code: codeOf(bytes),
    detail: typeof detail === 'string' ? detail : '',
    faults: faultTexts(answer['faults']),
    head: bytes.slice(0, end),
    content,
    answer,
  };
}

/** Gives what an upstream saw: its request line, the headers that are asked for, and its content. */
export function seen(request: RawRequest | undefined, ...names: string[]): string {
  const [line = '', ...lines] = (request?.head ?? 'nothing').split('\r\n');
  const wanted = names.map((name) => name.toLowerCase());
  const kept = lines.filter((one) => wanted.includes((one.split(':')[0] ?? '').toLowerCase()));
  return [line.replace(/ HTTP\/1\.1$/, ''), ...kept, ...(request?.body === '' ? [] : [request?.body])].join(
    '\n',
  );
}
