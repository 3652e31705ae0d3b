import { Hidden } from '../../hidden.ts';
import { strippedText } from './stripped-text.ts';

/** Why a callback does not lead to a grant. */
export type CallbackReason =
  /** A parameter that stands once stands more often, or there is neither code nor error. */
  | 'callback_malformed'
  /** The answer is another authorization server's (RFC 9207 2.4). */
  | 'issuer_mismatch'
  | 'consent_refused'
  | 'scope_refused'
  | 'authorization_refused'
  /** The server says that it may work later. */
  | 'authorization_unavailable';

/** What the browser brought back. */
export type Callback =
  | {
      readonly kind: 'code';
      readonly code: Hidden<string>;
      /** All parameters, for variables. */
      readonly parameters: Hidden<ReadonlyMap<string, string>>;
    }
  | {
      readonly kind: 'refused';
      readonly reason: CallbackReason;
      /** What the server said, stripped; for the grant's history, never for a page. */
      readonly detail: string | null;
    };

/** Who may have answered. */
export interface ExpectedIssuer {
  /** Where it is known: then nothing else will do. */
  readonly issuer: string | null;
  /** URLs of the server that was asked: the endpoints for authorization and tokens, variables filled in. */
  readonly endpoints: readonly string[];
}

const NOTHING = new Hidden<readonly string[]>([]);

/** Gives the state of a callback's query (without `?`): what it belongs to is looked up by it. null without exactly one. */
export function callbackState(query: string): Hidden<string> | null {
  const [state, ...more] = new URLSearchParams(query).getAll('state');
  return state === undefined || state === '' || more.length > 0 ? null : new Hidden(state);
}

/**
 * Gives what a callback's query (without `?`) says (RFC 6749 4.1.2, RFC 9207), once its state is known to be ours.
 * `known`: what must not stand in what is kept of the server's text.
 */
export function readCallback(
  query: string,
  expected: ExpectedIssuer,
  known: Hidden<readonly string[]> = NOTHING,
): Callback {
  const refused = refusal(known);
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    // RFC 6749 3.1: no parameter more than once; of two codes, one is somebody else's.
    if (parameters.has(name)) return refused('callback_malformed');
    parameters.set(name, value);
  }
  const iss = parameters.get('iss');
  if (iss !== undefined && !isExpected(iss, expected)) return refused('issuer_mismatch', iss);
  const error = parameters.get('error');
  if (error !== undefined) {
    const description = parameters.get('error_description') ?? '';
    return refused(REASONS.get(error) ?? 'authorization_refused', `${error} ${description}`);
  }
  const code = parameters.get('code') ?? '';
  if (code === '') return refused('callback_malformed');
  return { kind: 'code', code: new Hidden(code), parameters: new Hidden(parameters) };
}

function refusal(known: Hidden<readonly string[]>): (reason: CallbackReason, told?: string) => Callback {
  return (reason, told = '') => ({ kind: 'refused', reason, detail: strippedText(told, known) });
}

const REASONS: ReadonlyMap<string, CallbackReason> = new Map<string, CallbackReason>([
  ['access_denied', 'consent_refused'],
  ['invalid_scope', 'scope_refused'],
  ['server_error', 'authorization_unavailable'],
  ['temporarily_unavailable', 'authorization_unavailable'],
]);

/**
 * RFC 9207 2.4 compares with the issuer of the server that was asked. Catalogs need not name one: then the issuer
 * must be on the host of an endpoint of that server, so that a code of one server is never taken to another.
 */
function isExpected(iss: string, { issuer, endpoints }: ExpectedIssuer): boolean {
  if (issuer !== null) return iss === issuer;
  return URL.canParse(iss) && endpoints.some((one) => new URL(one).host === new URL(iss).host);
}
