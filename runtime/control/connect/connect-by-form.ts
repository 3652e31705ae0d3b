import { Hidden } from '../../hidden.ts';
import { Problem } from '../../problem.ts';
import type { ControlAnswer } from '../control-answer.ts';
import { askUpstream } from '../verify-connection.ts';
import { connectForm } from './connect-form.ts';
import type { ShownForm } from './connect-form.ts';
import { completeConnect, eventOf, writeFailure } from './end-connect.ts';
import type { Written } from './form-fields.ts';
import type { OpenConnect } from './open-connect.ts';
import { REASON_TEXTS } from './reasons.ts';
import type { ConnectReason } from './reasons.ts';

/**
 * Connects with what was written into a form: what does not fit the connection, or is not accepted by its upstream
 * where the catalog has a request for that, is not kept.
 */
export async function connectByForm(
  open: OpenConnect,
  { credential, variables }: Written,
  shown: ShownForm,
): Promise<ControlAnswer> {
  const { grants, grant, route } = open;
  await grants.store.addEvent({ ...eventOf(open), type: 'connect_started', idp_host: null, detail: null });
  const candidate = {
    ...grant,
    credential: credential === null ? null : new Hidden(credential),
    variables: new Hidden(variables),
  };
  const held = await grants.routeFor(route, candidate);
  if (held instanceof Problem)
    return connectForm(open, {
      ...shown,
      alert: 'What you wrote does not make an address or a key that can be used.',
    });
  try {
    const refused = await refusedBecause(open, held.route);
    if (refused !== null) {
      await writeFailure(open, refused, { idp_host: null, said: null });
      return connectForm(open, { ...shown, alert: REASON_TEXTS[refused] });
    }
  } finally {
    held.giveBack();
  }
  const obtained = { credential, variables, expires_at: null, refresh_expires_at: null };
  return completeConnect(open, obtained, null);
}

async function refusedBecause(
  { asked, grant }: OpenConnect,
  route: OpenConnect['route'],
): Promise<ConnectReason | null> {
  const verify = route.connection.catalog?.verify ?? null;
  if (verify === null) return null;
  const verdict = await askUpstream(asked, {
    route,
    verify,
    account: grant.account ?? 'gateway',
    grant: grant.id,
  });
  if (verdict instanceof Problem) return 'credential_unchecked';
  if (verdict.verified) return null;
  return verdict.reason === 'credential_refused' ? 'credential_refused' : 'credential_unchecked';
}
