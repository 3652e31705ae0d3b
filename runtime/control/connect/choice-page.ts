import type { Candidate } from '../../grants/oauth/variables.ts';
import type { Hidden } from '../../hidden.ts';
import type { ControlAnswer } from '../control-answer.ts';
import { hiddenFields } from './connect-form.ts';
import { markup } from './markup.ts';
import type { OpenConnect } from './open-connect.ts';
import { pageAnswer } from './page.ts';
import { variableLabel } from './variable-label.ts';

/** What a person chooses from. */
export interface Choice {
  readonly cookie: string;
  /** The state of the step that goes on with it. */
  readonly state: Hidden<string>;
  readonly variable: string;
  /** Whether none of them will do. */
  readonly optional: boolean;
  readonly candidates: readonly Candidate[];
}

/** Gives the page on which a person says which of several a connection is for: a site, an organization, an account. */
export function choicePage({ grant, asked, token, signIn }: OpenConnect, choice: Choice): ControlAnswer {
  const { cookie, state, variable, optional, candidates } = choice;
  const doc = signIn.connection.variables.find(({ name }) => name === variable)?.doc ?? null;
  const { label } = variableLabel({ name: variable, doc });
  const option = (value: string, title: string): ReturnType<typeof markup> =>
    markup`<label><input type="radio" name="choice" value="${value}" required><span>${title}</span></label>`;
  return pageAnswer({
    status: 200,
    title: `Choose for ${grant.connection}`,
    content: markup`<p>You agreed, and may use several. Choose the one that ${grant.connection} is to be connected to.</p>
<form method="post" action="${asked.base}/connect" autocomplete="off">
${hiddenFields(token, cookie)}
<input type="hidden" name="step" value="${state.reveal()}">
<fieldset><legend>${label}</legend>
${candidates.map(({ title, value }, at) => option(String(at), title === value ? value : `${title} (${value})`))}
${optional ? option('none', 'None of them') : null}
</fieldset>
<button>Connect ${grant.connection}</button>
</form>`,
  });
}
