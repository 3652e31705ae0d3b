import { openStore } from '../../runtime/grants/store/open-store.ts';
import type { Grant } from '../../runtime/grants/grant.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { newBrowser } from './browser.ts';
import type { Browser, Shown } from './browser.ts';
import type { ControlGateway } from './control-gateway.ts';

/** The parameters of a connection that signs in at an authorization server. */
export interface ConsentParts {
  readonly idp: string;
  readonly upstream?: string;
  /** Further lines of the connection. */
  readonly more?: string;
  readonly authorize?: string;
}

/** Gives the YAML of a connection `notes` whose accounts sign in; its secret is in IDP_SECRET. */
export function consentYaml({
  idp,
  upstream = 'http://127.0.0.1:1',
  more = '',
  authorize = '/authorize',
}: ConsentParts): string {
  return `connections:
  notes:
    base_url: ${upstream}
    auth_mode: oauth2_authorization_code
    oauth2_authorization_url: ${idp}${authorize}
    oauth2_token_url: ${idp}/token
    oauth2_client_id: header
    oauth2_client_secret: "\${env:IDP_SECRET}"
    oauth2_scopes: [openid, read]
    grants: true
${more.replace(/^(?=.)/gm, '    ')}
`;
}

/** A grant as the store of a gateway has it, its secrets open. */
export interface KeptGrant extends Omit<Grant, 'credential' | 'variables'> {
  readonly credential: unknown;
  readonly variables: unknown;
}

/** Reads a grant from the store of a gateway, as another process would. */
export async function keptGrant({ folder }: Pick<ControlGateway, 'folder'>, id: string): Promise<KeptGrant> {
  const url = new Hidden(`sqlite:${folder}/state/gw.db`);
  const store = await openStore(url, { keys: null, keyMade: () => {} });
  try {
    const grant = await store.get(id);
    if (grant === null) throw new Error('no such grant');
    return { ...grant, credential: grant.credential?.reveal() ?? null, variables: grant.variables.reveal() };
  } finally {
    await store.close();
  }
}

/** A consent that was begun: the browser stands before the callback. */
export interface Begun {
  readonly browser: Browser;
  readonly id: string;
  readonly link: string;
  /** What the authorization server sends the browser back to. */
  readonly callback: URL;
}

/** Begins a consent to `notes` and gives it where the authorization server sent the browser back. */
export async function beginNotes(
  gateway: ControlGateway,
  link?: { id: string; url: string },
): Promise<Begun> {
  const { id, url } = link ?? (await gateway.link('one', 'notes'));
  let stop = true;
  const browser = newBrowser({ stopAt: (at) => stop && at.includes('/oauth/callback') });
  const page = await browser.open(url);
  const back: Shown = await browser.submit(page);
  stop = false;
  if (!back.url.includes('/oauth/callback'))
    throw new Error(`${back.url} answered ${back.status}: ${back.text}`);
  return { browser, id, link: url, callback: new URL(back.url) };
}
