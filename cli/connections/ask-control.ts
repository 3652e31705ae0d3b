import { isMapping } from '../../table/rules/is-mapping.ts';
import { trimSlashes } from '../../table/rules/trim-slashes.ts';
import { gatewayBase, gatewayKey } from '../gateway-target.ts';
import { oneLine } from '../ops/one-line.ts';

/** How long the control API has for an answer. */
const ANSWER_MS = 30_000;

/** A connection as the control API shows it: a grant, or one whose credential is declared. */
export interface ShownConnection {
  readonly connection_id: string;
  readonly status: 'PENDING' | 'ACTIVE' | 'FAILED' | 'EXPIRED';
  readonly reason?: string;
  readonly creation_time: string;
  readonly last_updated_time: string;
  /** Where its link is told: right after it was made. */
  readonly url: string | null;
  readonly app: string;
  readonly method: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The status of what nobody answered. */
export const NO_ANSWER = 0;

/** What the control API refused, or could not do. */
export interface Refusal {
  readonly status: number;
  /** `Gateway-Error`; null where somebody else answered. */
  readonly code: string | null;
  readonly detail: string;
}

/** Asks the control API of one gateway as one caller. Gives the JSON of an answer, or why there is none. */
export type AskControl = (
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: Readonly<Record<string, unknown>>,
) => Promise<{ readonly json: Readonly<Record<string, unknown>> } | { readonly refusal: Refusal }>;

/** Gives who asks the gateway at a URL with the key of the environment. Throws a UsageError where either is missing. */
export function controlApi(url: string): AskControl {
  const base = gatewayBase(url);
  const key = gatewayKey();
  return async (method, path, body) => {
    try {
      const response = await fetch(`${base.origin}${trimSlashes(base.pathname)}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // The key is for this gateway, and goes nowhere else.
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const json = objectOf(await response.text());
      if (response.ok && json !== null) return { json };
      return { refusal: refusalOf(response, json) };
    } catch (error) {
      const detail = `no answer from ${base.origin}: ${reasonOf(error)}`;
      return { refusal: { status: NO_ANSWER, code: null, detail } };
    }
  };
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const json: unknown = JSON.parse(text);
    return isMapping(json) ? json : null;
  } catch {
    return null;
  }
}

function refusalOf(response: Response, json: Record<string, unknown> | null): Refusal {
  const detail = json?.['detail'] ?? json?.['title'];
  const isGateways = response.headers.has('gateway-error');
  const strange = 'this is no control API of gw; is --url (GW_CONTROL_URL) its control address?';
  return {
    status: response.status,
    code: response.headers.get('gateway-error'),
    detail: isGateways && typeof detail === 'string' ? oneLine(detail) : strange,
  };
}

/** Gives why a request came to nothing; fetch says it in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return 'unknown';
  if (cause.name === 'TimeoutError') return `none within ${ANSWER_MS / 1000} s`;
  return 'code' in cause ? String(cause.code) : cause.message;
}

/** Says what was refused, on standard error, and gives the exit code. */
export function tellRefusal({ status, code, detail }: Refusal): number {
  const refused = code === null ? `status ${status}` : `${status} ${code}`;
  process.stderr.write(`gw: ${status === NO_ANSWER ? '' : `${refused}: `}${detail}\n`);
  return status === NO_ANSWER ? 2 : 1;
}
