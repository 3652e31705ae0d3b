import { foldHeaderName } from './rules/fold-header-name.ts';
import { headerValueFault } from './rules/header-syntax.ts';
import { apiKeyHeaderFault, operatorHeaderFault } from './rules/operator-headers.ts';
import { variablesIn } from './rules/variable-text.ts';
import { refuse } from './shape.ts';
import type { Connection, HeaderLine, Value } from './types.ts';

/** Checks what the members of a connection mean together. Throws a TableError. */
export function checkConnection(connection: Connection): void {
  const path = `connections ${connection.name}`;
  const { auth_mode, credential, headers } = connection;
  // Fail closed: a mode that wants a credential has a plan for it.
  if ((auth_mode === 'none') !== (credential.kind === 'none'))
    refuse(`${path}.credential`, `the plan of auth_mode ${auth_mode}`);
  checkVariables(path, connection);
  const keyHeader = credential.kind === 'header' ? credential.name : null;
  if (keyHeader !== null && apiKeyHeaderFault(keyHeader) !== null) {
    refuse(`${path}.credential`, `a header that may carry a key, not ${keyHeader}`);
  }
  if (credential.kind === 'header' && headerValueFault(`${credential.prefix}x${credential.suffix}`) !== null)
    refuse(`${path}.credential`, 'a prefix and suffix that a header may have');
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

/** Every variable that a plan uses is there, and a host that one stands in is guarded. */
function checkVariables(path: string, { upstream, credential, ...plans }: Connection): void {
  const known = new Set(plans.variables.map(({ name }) => name));
  for (const { origin, base_path, guarded } of [upstream, ...upstream.hosts]) {
    const inHost = variablesIn(origin);
    if (inHost.length > 0 && !guarded)
      refuse(`${path}.upstream.guarded`, 'true, for a variable is in the host');
    for (const name of [...inHost, ...variablesIn(base_path)])
      if (!known.has(name)) refuse(`${path}.upstream`, `the variable ${name} among the variables`);
  }
  if (plans.auth_mode === 'basic') known.add('username');
  const values = [
    ...[...plans.headers.defaults, ...plans.headers.set, ...plans.query].map(({ value }) => value),
    ...(plans.path?.replace ?? []).flatMap(({ value }) => value ?? []),
    ...(credential.kind === 'basic' ? [credential.username, credential.password ?? []].flat() : []),
  ];
  for (const name of values.flatMap(variablesOf))
    if (!known.has(name)) refuse(path, `the variable ${name} among the variables`);
}

function variablesOf(value: Value): string[] {
  if (!('parts' in value)) return [];
  return value.parts.flatMap((part) => (typeof part === 'string' ? [] : part.variable));
}
