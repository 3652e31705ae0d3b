import type { ControlAnswer } from '../control-answer.ts';
import { choicePage } from './choice-page.ts';
import { gonePage } from './begin-consent.ts';
import { isOfBrowser, keepStep, stepOf } from './connect-step.ts';
import { finishConnect } from './finish-connect.ts';
import { messagePage } from './message-page.ts';
import type { OpenConnect } from './open-connect.ts';

/** What a person chose. */
export interface ChoiceMade {
  readonly form: URLSearchParams;
  readonly cookie: string;
}

/** Goes on with a sign-in whose person said which of several it is for. */
export async function takeChoice(open: OpenConnect, { form, cookie }: ChoiceMade): Promise<ControlAnswer> {
  const kept = await open.grants.store.takeState(form.get('step') ?? '');
  const step = kept === null ? null : stepOf(kept);
  if (step?.kind !== 'choice' || step.session !== open.token || !isOfBrowser(step, cookie)) {
    const again = `${open.asked.base}/connect?session_token=${encodeURIComponent(open.token)}`;
    return messagePage(
      400,
      `${open.grant.connection} is not connected`,
      ['What you chose came later than 10 minutes after you agreed, or came twice. Agree once more.'],
      { again },
    );
  }
  const { variable, optional, candidates, obtained, idp_host } = step;
  const goingOn = { cookie, idp_host };
  const choice = form.get('choice') ?? '';
  if (choice === 'none' && optional)
    return finishConnect(open, { ...goingOn, obtained, skip: new Set([...step.skip, variable]) });
  const chosen = /^\d{1,4}$/.test(choice) ? candidates[Number(choice)] : undefined;
  if (chosen === undefined) {
    const state = await keepStep(open, cookie, step);
    return state === 'gone' ? gonePage(open) : choicePage(open, { ...step, cookie, state });
  }
  const variables = { ...obtained.variables, [variable]: chosen.value };
  return finishConnect(open, { ...goingOn, obtained: { ...obtained, variables }, skip: new Set(step.skip) });
}
