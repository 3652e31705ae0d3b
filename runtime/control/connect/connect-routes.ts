import { Problem } from '../../problem.ts';
import { StoreUnavailable } from '../../store/store-errors.ts';
import type { ControlAnswer } from '../control-answer.ts';
import type { Answering, Asked, ControlRoute } from '../control-route.ts';
import { readBody, RequestGone } from '../read-body.ts';
import { CALLBACK_PATH } from '../control-url.ts';
import { beginConsent } from './begin-consent.ts';
import { browserCookie, formProof, newBrowserCookie, sameDigest } from './browser-cookie.ts';
import { connectForm } from './connect-form.ts';
import { connectByForm } from './connect-by-form.ts';
import { formFields, readForm, variableFieldName } from './form-fields.ts';
import { messagePage } from './message-page.ts';
import { takeCallback } from './oauth-callback.ts';
import { isAnswer, openConnect } from './open-connect.ts';
import { takeChoice } from './take-choice.ts';

/** The pages that a person connects by. They need no key: a link opens them. */
export const CONNECT_ROUTES: readonly ControlRoute[] = [
  { method: 'GET', path: '/connect', access: 'page', answer: asPage(showConnect) },
  { method: 'POST', path: '/connect', access: 'page', answer: asPage(takeForm) },
  { method: 'GET', path: CALLBACK_PATH, access: 'page', answer: asPage(takeCallback) },
];

/** People are shown a page, whatever goes wrong. */
function asPage(answer: Answering<Asked>): Answering<Asked> {
  return async (asked) => {
    try {
      return await answer(asked);
    } catch (error) {
      if (error instanceof RequestGone) throw error;
      if (error instanceof StoreUnavailable) {
        return messagePage(503, 'Nothing was connected', [
          'The gateway could not keep what it was given, because its store does not answer now.',
          'Open the link again in a moment.',
        ]);
      }
      asked.failed(error);
      return messagePage(500, 'Nothing was connected', [
        'Something went wrong in the gateway, whose log has it. Open the link again, or tell whoever runs the gateway.',
      ]);
    }
  };
}

async function showConnect(asked: Asked): Promise<ControlAnswer> {
  const open = await openConnect(asked, asked.query.get('session_token') ?? '');
  if (isAnswer(open)) return open;
  const known = browserCookie(asked);
  const made = known === null ? newBrowserCookie(asked.base) : null;
  return connectForm(open, {
    cookie: known ?? made?.cookie ?? '',
    headers: made === null ? [] : ['Set-Cookie', made.field],
    fields: formFields(open.signIn),
    written: null,
    faults: new Map(),
    alert: null,
  });
}

async function takeForm(asked: Asked): Promise<ControlAnswer | Problem> {
  const body = await readBody(asked.request);
  if (body instanceof Problem) return body;
  const form = new URLSearchParams(body.toString('utf8'));
  const token = form.get('session_token') ?? '';
  const open = await openConnect(asked, token);
  if (isAnswer(open)) return open;
  const cookie = browserCookie(asked);
  if (cookie === null || !sameDigest(form.get('proof') ?? '', formProof(cookie, token))) {
    return messagePage(403, 'Nothing was connected', [
      'This browser was not shown the page that the form came from, or keeps no cookies. Open the link again.',
    ]);
  }
  if (form.has('step')) return takeChoice(open, { form, cookie });
  const fields = formFields(open.signIn);
  const written = await readForm(fields, form);
  const shown = { cookie, headers: [], fields, written: form, alert: null };
  if (written.faults.size > 0) return connectForm(open, { ...shown, faults: written.faults });
  if (open.signIn.kind === 'form') return connectByForm(open, written, { ...shown, faults: written.faults });
  const begun = await beginConsent(open, { cookie, variables: written.variables });
  if (isAnswer(begun)) return begun;
  const { variable, fault } = begun;
  return connectForm(open, {
    ...shown,
    faults: new Map(variable === null ? [] : [[variableFieldName(variable), fault]]),
    alert: variable === null ? `What you wrote ${fault}.` : null,
  });
}
