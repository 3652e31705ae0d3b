import type { ConnectSession, Grant } from '../../grants/grant.ts';
import type { Grants } from '../../grants/grants.ts';
import type { SignIn } from '../../grants/sign-in.ts';
import type { Route } from '../../load/snapshot.ts';
import type { ControlAnswer } from '../control-answer.ts';
import type { Asked } from '../control-route.ts';
import { messagePage } from './message-page.ts';
import { mayConnect } from '../visible.ts';
import { askedBy } from './session-token.ts';

/** A link that is open, and what it is for. */
export interface OpenConnect {
  readonly asked: Asked;
  readonly grants: Grants<Route>;
  readonly token: string;
  readonly grant: Grant;
  readonly route: Route;
  readonly signIn: SignIn;
  /** The caller that asked for the link. */
  readonly by: string | null;
}

/**
 * Gives what a link opens, or the page that says why it opens nothing. It opens as long as whoever asked for it could ask
 * for it still: whose key was taken away has no links left.
 */
export async function openConnect(asked: Asked, token: string): Promise<OpenConnect | ControlAnswer> {
  const { grants, snapshot } = asked;
  const session = token === '' ? null : ((await grants?.store.session(token)) ?? null);
  const grant = session === null ? null : ((await grants?.store.get(session.grant_id)) ?? null);
  if (grants === null || session === null || grant === null) {
    return messagePage(404, 'This link does not work', [
      'It is not a link that this gateway gave out, or a newer one has taken its place.',
      'Ask for a new one where you got it.',
    ]);
  }
  if (session.state !== 'open') return overPage(session, grant);
  const route = snapshot.routes.get(grant.connection);
  if (route === undefined || route.signIn === null) {
    return messagePage(503, `${grant.connection} cannot be connected`, [
      'The gateway does not serve this connection now. Tell whoever runs the gateway.',
    ]);
  }
  const by = askedBy(token);
  if (![...snapshot.callers.values()].some((caller) => caller.name === by && mayConnect(caller, grant))) {
    return messagePage(403, 'This link does not work any more', [
      `Whoever asked for it may not connect ${grant.connection} any more. Nothing was connected.`,
      'Tell whoever runs the gateway, or ask for a new one where you got it.',
    ]);
  }
  return { asked, grants, token, grant, route, signIn: route.signIn, by };
}

/** Tells apart what was opened from the page in its place. */
export function isAnswer(opened: object): opened is ControlAnswer {
  return 'contentType' in opened;
}

function overPage({ state }: ConnectSession, { connection, status }: Grant): ControlAnswer {
  if (state === 'used' && status === 'ACTIVE') {
    return messagePage(410, `${connection} is connected already`, [
      'This link was used for it, and works once. There is nothing left to do: you can close this page.',
    ]);
  }
  if (state === 'used') {
    return messagePage(410, 'This link was used', [
      `It connected ${connection}, which has to be connected anew. A link works once: ask for a new one where you got it.`,
    ]);
  }
  return messagePage(410, 'This link has expired', [
    'A link works for 30 minutes. Ask for a new one where you got it.',
  ]);
}
