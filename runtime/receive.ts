import { checkMessage } from './1-accept/check-message.ts';
import { traceOf } from './1-accept/trace-of.ts';
import type { Message } from './1-accept/check-message.ts';
import { originForm, splitTarget } from './2-match/request-target.ts';
import { authenticate } from './3-authenticate/caller-key.ts';
import type { Asking } from './admit.ts';
import type { Exchange } from './exchange.ts';
import { FRONT_DOORS } from './front-doors.ts';
import type { FrontDoor } from './front-doors.ts';
import type { KnownCaller } from './load/snapshot.ts';
import { Problem } from './problem.ts';
import { isAtControl, servedAtControl } from './2-match/served-at-control.ts';

/** A request that knocks at another front door than passthrough. */
export interface Knock {
  readonly exchange: Exchange;
  readonly message: Message;
  readonly caller: KnownCaller;
  /** Everything behind the first segment: `''`, or from the next `/` or `?` on. */
  readonly rest: string;
}

/** What a request turned out to be. */
export type Received = { readonly asking: Asking } | { readonly door: FrontDoor; readonly knock: Knock };

/** Takes a request through accept and to who asks for what, whichever front door that is; or gives the problem. */
export function receive(exchange: Exchange): Received | Problem {
  const { request, snapshot } = exchange;
  const message = checkMessage(request, snapshot.limits);
  if (message instanceof Problem) return message;
  const { fields, framing } = message;
  exchange.awaitsContinue = message.expectsContinue;
  const caller = authenticate(fields, snapshot.callers);
  if (caller instanceof Problem) return caller;
  exchange.caller = caller.name;
  exchange.account = caller.account;
  exchange.trace = traceOf(fields);
  const target = originForm(request.url ?? '', fields.host);
  if (target instanceof Problem) return target;
  const split = splitTarget(target);
  if (split instanceof Problem) return split;
  const { prefix, rest } = split;
  const route = snapshot.routes.get(prefix);
  // Only a name that no connection may have is another front door's.
  const door = route === undefined ? FRONT_DOORS.get(prefix) : undefined;
  if (route === undefined && isAtControl(prefix, rest)) return servedAtControl();
  if (route === undefined && door === undefined) {
    return new Problem(
      'route_unknown',
      'the first path segment is not the name of a connection: /{connection}/{path}',
    );
  }
  if (route !== undefined) {
    exchange.connection = route.connection.name;
    exchange.path = rest;
    exchange.hide = route.relay.redact;
  }
  const limited = snapshot.rateLimit(caller.account, exchange.started_ms);
  if (limited !== null) return limited;
  if (door !== undefined) return { door, knock: { exchange, message, caller, rest } };
  if (route === undefined) throw new Error('a request has neither a route nor a front door');
  return {
    asking: { caller, route, method: exchange.method, rest, fields, framing, from: request },
  };
}
