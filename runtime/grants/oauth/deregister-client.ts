import { Hidden } from '../../hidden.ts';
import type { ClientManagement } from './dynamic-client.ts';
import type { Unfit } from './discover.ts';
import { answerOf } from './request-token.ts';
import type { OAuthCall } from './request-token.ts';
import type { Failure } from './types.ts';

/** How long the server has: whoever deletes a grant waits for it. */
const DEREGISTER_MS = 5_000;

/** Has a client deregistered (RFC 7592 2.3), whose tokens nobody uses any more. Gives why it may be there still; null: it is not. */
export async function deregisterClient(
  { at, token }: ClientManagement,
  { call, allow_private }: { readonly call: OAuthCall; readonly allow_private: readonly string[] },
): Promise<Unfit | Failure | null> {
  const answer = await answerOf(
    call.fetch({
      method: 'DELETE',
      url: at.url,
      headers: new Hidden([
        'Accept',
        'application/json',
        'User-Agent',
        'gw',
        'Authorization',
        `Bearer ${token}`,
      ]),
      body: null,
      guard: at.guarded ? { allowPrivate: allow_private } : null,
      timeout_ms: Math.min(call.timeout_ms, DEREGISTER_MS),
    }),
  );
  if ('kind' in answer) return answer;
  if (answer.status >= 200 && answer.status < 300) return null;
  return {
    kind: 'unfit',
    detail: `the authorization server did not deregister the client (${answer.status})`,
  };
}
