import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import { readFields } from '../1-accept/fields.ts';
import type { Decider } from '../../table/types.ts';
import type { HeldMemory } from '../7-relay/memory-budget.ts';
import { admit } from '../admit.ts';
import type { Admitted } from '../admit.ts';
import { exchangeAdmitted } from '../call-upstream.ts';
import type { UpstreamAnswer, UpstreamAsk } from '../call-upstream.ts';
import type { ExchangeRecord } from '../exchange.ts';
import { Problem } from '../problem.ts';
import { OWN_HEADERS } from './own-headers.ts';
import { memoryFull } from './read-reply.ts';
import type { McpSession } from './session-id.ts';

/** The way to an MCP server for one request of a caller, its credential in place. */
export interface McpWire {
  readonly admitted: Admitted;
  readonly memory: HeldMemory;
  /** The most that is read of one answer. */
  readonly max_bytes: number;
  /** Sends one message and gives the answer when its head is there. All messages share the deadline of the call. */
  post(message: object, session: McpSession | null): Promise<UpstreamAnswer | Problem>;
  /** Ends a session that nobody will go on in, where it has a name at the server. Nobody waits for it. */
  end(session: McpSession | null): void;
}

/** What callers say that steers the exchange with the gateway, folded; nothing else of their headers goes to an MCP server. */
const STEERING: ReadonlySet<string> = new Set(['gateway-connection', 'maton-connection']);

/** What each call holds from its beginning. */
const LEAST_BYTES = 64 * 1024;

/**
 * Takes a request through personas and credential, and gives the way to its connection's MCP server, or the problem.
 * `own`: what gives the caller the connection, where the request is one of the gateway's own.
 */
export async function openWire(
  record: ExchangeRecord,
  ask: UpstreamAsk,
  own?: Decider,
): Promise<McpWire | Problem> {
  const started_ms = performance.now();
  const { caller, route, method, rest, written, from, body } = ask;
  const { limits, invokeMemory } = record.snapshot;
  const fields = readFields({ rawHeaders: [...steering(ask.headers), ...OWN_HEADERS] }, limits);
  if (fields instanceof Problem) return fields;
  const framing = { kind: 'length' as const, bytes: body?.length ?? 0 };
  const asking = { caller, route, method, rest, written, fields, framing, from, sent: '', own };
  const admitted = await admit(record, asking);
  if (admitted instanceof Problem) return admitted;
  const memory = invokeMemory.take(LEAST_BYTES + framing.bytes, limits.invoke_memory_max_bytes);
  if (memory === null) return memoryFull();
  let current = admitted;
  /** What has to be kept before anything is sent is kept once for all messages. */
  let noted: Promise<Problem | null> | null = null;
  return {
    admitted,
    memory,
    max_bytes: route.connection.limits.max_response_bytes,
    post: async (message, session) => {
      noted ??= record.observer.beforeSending?.(record) ?? Promise.resolve(null);
      const refused = await noted;
      if (refused !== null) return refused;
      const more = sessionHeaders(session);
      const bearing = (one: Admitted): Admitted => ({
        ...one,
        method: 'POST',
        headers: [...one.headers, ...more],
        renew: one.renew === null ? null : renewing(one.renew),
      });
      const renewing = (renew: NonNullable<Admitted['renew']>) => async (): Promise<Admitted | null> => {
        const next = await renew();
        if (next === null) return null;
        // What comes behind this message has the new credential from the start.
        current = next;
        return bearing(next);
      };
      const content = Buffer.from(JSON.stringify(message), 'utf8');
      return await exchangeAdmitted(record, bearing(current), {
        ask: { ...ask, method: 'POST', body: content },
        left_ms: ask.timeout_ms - (performance.now() - started_ms),
      });
    },
    end: (session) => {
      if (session !== null && session.id !== null) endSession(record, current, session);
    },
  };
}

function endSession(record: ExchangeRecord, admitted: Admitted, session: McpSession): void {
  const headers = [...admitted.headers, ...sessionHeaders(session)];
  const ending = { ...admitted, method: 'DELETE', headers, renew: null };
  // What is told of the exchange is told of what was asked for, which has its answer.
  void exchangeAdmitted({ ...record }, ending, ENDING)
    .then((answer) => (answer instanceof Problem ? null : answer.content.destroy()))
    // Servers may refuse it (405), and forget sessions by themselves: nothing hangs on how it comes out.
    .catch(() => null);
}

/** Within what time a server is to end a session; whoever asked for the call may be gone. */
const ENDING = {
  ask: { method: 'DELETE', body: null, timeout_ms: 5_000, signal: new AbortController().signal },
  left_ms: 5_000,
};

function steering(headers: readonly string[]): string[] {
  return headers.flatMap((name, at) =>
    at % 2 === 0 && STEERING.has(foldHeaderName(name)) ? [name, headers[at + 1] ?? ''] : [],
  );
}

/** The header of the version came with 2025-06-18; a server before that lets it pass. */
function sessionHeaders(session: McpSession | null): string[] {
  if (session === null) return [];
  const version = ['Mcp-Protocol-Version', session.version];
  return session.id === null ? version : ['Mcp-Session-Id', session.id, ...version];
}
