import { checkPlans } from './check-plans.ts';
import { credentialPlace } from './rules/credential-place.ts';
import { foldHeaderName } from './rules/fold-header-name.ts';
import { headerValueFault } from './rules/header-syntax.ts';
import { apiKeyHeaderFault, operatorHeaderFault } from './rules/operator-headers.ts';
import { fillVariables } from './rules/variable-text.ts';
import { refuse } from './shape.ts';
import type { Connection, CredentialPlan, HeaderLine, OAuth2Plan, Value } from './types.ts';

/** Checks what the members of a connection mean together. Throws a TableError. */
export function checkConnection(connection: Connection): void {
  const path = `connections ${connection.name}`;
  const { auth_mode, credential, headers } = connection;
  // Fail closed: a mode that wants a credential has a plan for it.
  if ((auth_mode === 'none') !== (credential.kind === 'none'))
    refuse(`${path}.credential`, `the plan of auth_mode ${auth_mode}`);
  checkPlans(path, connection);
  // Without grants nothing would ever stand there.
  if (!connection.grants && credentialValues(credential).some((value) => 'grant' in value))
    refuse(`${path}.credential`, 'a credential that is declared, for there are no grants');
  const placed = credentialPlace(credential);
  const keyHeader = placed?.in === 'header' ? placed.name : null;
  if (keyHeader !== null && apiKeyHeaderFault(keyHeader) !== null) {
    refuse(`${path}.credential`, `a header that may carry a key, not ${keyHeader}`);
  }
  if (placed?.in === 'header' && headerValueFault(`${placed.prefix}x${placed.suffix}`) !== null)
    refuse(`${path}.credential`, 'a prefix and suffix that a header may have');
  if (credential.kind === 'oauth2') checkTokenUrls(path, credential.oauth2);
  checkLines(`${path}.headers.defaults`, headers.defaults, keyHeader);
  checkLines(`${path}.headers.set`, headers.set, keyHeader);
  const owned = headers.set.map((line) => foldHeaderName(line.name));
  if (keyHeader !== null) owned.push(foldHeaderName(keyHeader));
  if (credential.kind === 'basic') owned.push('authorization');
  const listed = new Set(headers.owned);
  const missing = owned.find((name) => !listed.has(name));
  if (missing !== undefined) refuse(`${path}.headers.owned`, `${missing} among the owned names`);
  // A default of an owned name would go out beside the higher layer's.
  const doubled = headers.defaults.find((line) => listed.has(foldHeaderName(line.name)));
  if (doubled !== undefined)
    refuse(`${path}.headers.defaults ${doubled.name}`, 'a name that no layer above owns');
}

/** Requests with secrets go to these. */
function checkTokenUrls(path: string, { token_url, refresh_url }: OAuth2Plan): void {
  for (const url of [token_url, refresh_url]) {
    const filled = url === null ? null : fillVariables(url, () => 'x');
    if (filled !== null && !(/^https?:\/\//i.test(filled) && URL.canParse(filled)))
      refuse(`${path}.credential`, 'URLs that are http or https');
  }
}

function credentialValues(credential: CredentialPlan): Value[] {
  if ('secret' in credential) return [credential.secret];
  return credential.kind === 'basic' ? [credential.username, credential.password ?? []].flat() : [];
}

function checkLines(path: string, lines: readonly HeaderLine[], keyHeader: string | null): void {
  const seen = new Set<string>();
  for (const { name, value } of lines) {
    const folded = foldHeaderName(name);
    if (seen.has(folded)) refuse(`${path} ${name}`, 'each name once');
    seen.add(folded);
    const fault = operatorHeaderFault(name, keyHeader);
    if (fault !== null) refuse(`${path} ${name}`, `a name that may be set (${fault})`);
    if ('text' in value && headerValueFault(value.text) !== null) refuse(`${path} ${name}`, 'a header value');
  }
}
