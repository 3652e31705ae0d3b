import type { ControlAnswer } from '../control-answer.ts';
import { formProof } from './browser-cookie.ts';
import { accountOf } from './end-connect.ts';
import { valueOf } from './form-fields.ts';
import type { FormField } from './form-fields.ts';
import { markup } from './markup.ts';
import type { Html } from './markup.ts';
import type { OpenConnect } from './open-connect.ts';
import { pageAnswer } from './page.ts';

/** What a form is shown with beside its link. */
export interface ShownForm {
  readonly cookie: string;
  /** Sets the cookie, where it is new. */
  readonly headers: readonly string[];
  readonly fields: readonly FormField[];
  /** What was written before; null where nothing was. */
  readonly written: URLSearchParams | null;
  /** What does not fit, by field. */
  readonly faults: ReadonlyMap<string, string>;
  /** What does not fit as a whole. */
  readonly alert: string | null;
}

/** Gives the connect page: what is to be connected, for whom, and what for it has to be written or agreed to. */
export function connectForm(open: OpenConnect, shown: ShownForm): ControlAnswer {
  const { signIn, grant, by, asked } = open;
  const faulty = shown.alert !== null || shown.faults.size > 0;
  const alert = shown.alert ?? 'Some of what you wrote does not fit.';
  const again =
    grant.status === 'ACTIVE'
      ? markup`<p>It is connected now, and stays so until you are done here.</p>`
      : null;
  return pageAnswer({
    status: faulty ? 422 : 200,
    title: `Connect ${grant.connection}`,
    headers: shown.headers,
    content: markup`${faulty ? markup`<p class="bad" role="alert">${alert}</p>` : null}
<p>${by === null ? 'Somebody' : markup`<strong>${by}</strong>`} asks to use <strong>${grant.connection}</strong> for <strong>${accountOf(grant)}</strong>. Go on only if you know why.</p>
${again}
${signIn.kind === 'form' ? null : consentPart(open)}
<form method="post" action="${asked.base}/connect" autocomplete="off">
${hiddenFields(open.token, shown.cookie)}
${shown.fields.map((field) => fieldHtml(field, shown))}
<button>${signIn.kind === 'form' ? `Connect ${grant.connection}` : 'Continue'}</button>
</form>`,
  });
}

/** Gives what proves a form: the link's token, and that this browser was shown the page. */
export function hiddenFields(token: string, cookie: string): Html {
  return markup`<input type="hidden" name="session_token" value="${token}">
<input type="hidden" name="proof" value="${formProof(cookie, token)}">`;
}

function consentPart({ signIn }: OpenConnect): Html {
  const { credential } = signIn.connection;
  const plan =
    credential.kind === 'mcp' ? credential.mcp : credential.kind === 'oauth2' ? credential.oauth2 : null;
  const scopes = plan?.scopes ?? [];
  const url = authorizationUrlOf(signIn.connection);
  return markup`<p>You sign in at <strong>${hostOf(url)}</strong> and agree there. This gateway then keeps what it is given, and never shows it to anybody.</p>
<h2>What it asks for</h2>
${
  scopes.length === 0
    ? markup`<p>What ${hostOf(url)} gives when nothing is named.</p>`
    : markup`<ul>${scopes.map((scope) => markup`<li><code>${scope}</code></li>`)}</ul>`
}`;
}

/** An MCP server tells where to sign in only when it is asked: until then it is named itself. */
function authorizationUrlOf({ credential, upstream }: OpenConnect['signIn']['connection']): string {
  if (credential.kind === 'mcp') return credential.mcp.authorization_url ?? upstream.origin;
  if (credential.kind === 'oauth2') return credential.oauth2.authorization_url ?? '';
  return credential.kind === 'oauth1' ? (credential.oauth1.authorization_url ?? '') : '';
}

/** A variable may stand in it: then the name of the variable is shown. */
function hostOf(url: string): string {
  return /^[a-z]+:\/\/([^/?#]*)/.exec(url)?.[1] ?? '';
}

function fieldHtml(field: FormField, { faults, written }: ShownForm): Html {
  const { name, label, hint, required, secret } = field;
  const fault = faults.get(name) ?? null;
  const described = [
    ...(fault === null ? [] : [`${name}-fault`]),
    ...(hint === null ? [] : [`${name}-hint`]),
  ];
  const description = described.length === 0 ? null : markup` aria-describedby="${described.join(' ')}"`;
  const marks = markup`${required ? markup` required` : null}${fault === null ? null : markup` aria-invalid="true"`}${description}`;
  // A secret is never sent back.
  const value = secret ? '' : written === null ? field.initial : valueOf(field, written);
  return markup`<label for="${name}">${label}${required ? null : ' (may be left out)'}</label>
${field.values.length > 0 ? selectHtml(field, value, marks) : markup`<input id="${name}" name="${name}" type="${secret ? 'password' : 'text'}" value="${value}" autocomplete="off" autocapitalize="none" spellcheck="false"${marks}>`}
${hint === null ? null : markup`<p class="hint" id="${name}-hint">${hint}</p>`}
${fault === null ? null : markup`<p class="bad" id="${name}-fault">It ${fault}.</p>`}`;
}

function selectHtml({ name, required, values }: FormField, chosen: string, marks: Html): Html {
  const options = required ? values : ['', ...values];
  return markup`<select id="${name}" name="${name}"${marks}>${options.map(
    (one) => markup`<option${one === chosen ? markup` selected` : null}>${one}</option>`,
  )}</select>`;
}
