import type { IncomingMessage } from 'node:http';
import { notGiven } from '../3-authenticate/authorize.ts';
import { authorizeTool } from '../3-authenticate/authorize-tool.ts';
import { callUpstream } from '../call-upstream.ts';
import type { UpstreamAnswer } from '../call-upstream.ts';
import { noteProblem } from '../exchange.ts';
import type { ExchangeRecord } from '../exchange.ts';
import type { HeldMemory } from '../7-relay/memory-budget.ts';
import type { KnownCaller, Route } from '../load/snapshot.ts';
import { nearestNames } from '../operations/nearest-names.ts';
import { visibleConnections } from '../operations/visible-sets.ts';
import { Problem } from '../problem.ts';
import { buildCall } from './build-call.ts';
import type { BuiltCall } from './build-call.ts';
import type { InvokeInput } from './types.ts';

/** Who calls, and what is told of it. */
export interface InvokeParts {
  /** Of this call: its door is set, and whoever opened it ends it. */
  readonly record: ExchangeRecord;
  readonly caller: KnownCaller;
  /** The caller's own request. */
  readonly from: IncomingMessage;
  /** Breaks the call off. */
  readonly signal: AbortSignal;
}

/** A call under way. Whoever has it reads its content to the end or destroys it, and releases its memory. */
export interface OpenedCall {
  readonly call: BuiltCall;
  readonly answer: UpstreamAnswer;
  readonly memory: HeldMemory;
}

/** What each call holds from its beginning: below it, the budget is for nobody to begin another. */
const LEAST_BYTES = 64 * 1024;

/** Sends what an input asks for; gives the answer when its head is there, or the problem, which is noted. */
export async function openCall(parts: InvokeParts, input: InvokeInput): Promise<OpenedCall | Problem> {
  const { record, caller } = parts;
  const { snapshot } = record;
  const refuse = (problem: Problem): Problem => {
    record.source = 'gateway';
    noteProblem(record, problem);
    return problem;
  };
  const route = routeOf(parts, input.connection);
  if (route instanceof Problem) return refuse(route);
  const { name } = route.connection;
  record.connection = name;
  // Who may not use it learns nothing of its descriptions and headers, which faults would tell of.
  if (!caller.access.has(name)) return refuse(notGiven(caller, name));
  const call = buildCall(input, { caller, route, operations: snapshot.operations }, snapshot.limits);
  if (call instanceof Problem) {
    // What is forbidden exists, and is kept with the denial.
    if (call.code === 'forbidden') record.operation = input.operation_id ?? null;
    return refuse(call);
  }
  const memory = snapshot.invokeMemory.take(
    LEAST_BYTES + (call.body?.length ?? 0),
    snapshot.limits.invoke_memory_max_bytes,
  );
  if (memory === null) return refuse(memoryFull());
  const answer = await send(parts, route, call).catch((error: unknown) => {
    memory.release();
    throw error;
  });
  if (!(answer instanceof Problem)) return { call, answer, memory };
  memory.release();
  return answer;
}

async function send(
  { record, caller, from, signal }: InvokeParts,
  route: Route,
  call: BuiltCall,
): Promise<UpstreamAnswer | Problem> {
  const { method, rest, written, headers, body, timeout_ms } = call;
  try {
    return await callUpstream(record, {
      caller,
      route,
      method,
      rest,
      written,
      headers,
      body,
      timeout_ms,
      from,
      signal,
    });
  } finally {
    // Where nothing looks at operations on the way, it is known from here.
    record.operation ??= call.operation?.record.id ?? null;
    record.template ??= call.operation?.template ?? null;
  }
}

function routeOf({ record: { snapshot }, caller }: InvokeParts, name: string): Route | Problem {
  const denied = authorizeTool(caller, 'api_invoke_endpoint');
  if (denied !== null) {
    const { logged } = denied;
    return new Problem('forbidden', 'your personas do not give the tool api_invoke_endpoint', { logged });
  }
  const route = snapshot.routes.get(name);
  if (route !== undefined) return route;
  const nearest = nearestNames(name, visibleConnections(snapshot.operations, caller.access));
  const said = nearest.length === 0 ? 'you may use none' : `you may use: ${nearest.join(', ')}`;
  return new Problem(
    'route_unknown',
    `no connection is named ${JSON.stringify(name.slice(0, 100))}; ${said}`,
  );
}

function memoryFull(): Problem {
  return new Problem(
    'memory_budget',
    'calls under way hold as much memory as they may (invoke_memory_max); nothing was sent: try again',
    { headers: ['Retry-After', '1'] },
  );
}
