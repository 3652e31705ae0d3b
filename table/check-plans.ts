import { credentialPlace } from './rules/credential-place.ts';
import { isSegment } from './rules/encode-segment.ts';
import { HALF_PAIR } from './rules/parameter-name.ts';
import { variablesIn } from './rules/variable-text.ts';
import { refuse } from './shape.ts';
import type { Connection, Value } from './types.ts';

/** Checks what the plans of a connection that variables may stand in mean together. Throws a TableError. */
export function checkPlans(path: string, connection: Connection): void {
  checkVariables(path, connection);
  checkPath(path, connection);
  checkQuery(path, connection);
}

/** Every variable that a plan uses is there, and a host that one stands in is guarded. */
function checkVariables(path: string, { upstream, credential, ...plans }: Connection): void {
  const known = new Set<string>();
  for (const { name, value } of plans.variables) {
    if (known.has(name)) refuse(`${path}.variables ${name}`, 'each name once');
    known.add(name);
    // Otherwise two could stand for each other.
    if (value !== null && 'parts' in value) refuse(`${path}.variables ${name}`, 'a value without variables');
    checkText(`${path}.variables ${name}`, value);
  }
  for (const { origin, base_path, guarded } of [upstream, ...upstream.hosts]) {
    const inHost = variablesIn(origin);
    if (inHost.length > 0 && !guarded)
      refuse(`${path}.upstream.guarded`, 'true, for a variable is in the host');
    for (const name of [...inHost, ...variablesIn(base_path)])
      if (!known.has(name)) refuse(`${path}.upstream`, `the variable ${name} among the variables`);
  }
  const basic = credential.kind === 'basic' ? [credential.username, credential.password ?? []].flat() : [];
  const missing = basic.flatMap(variablesOf).find((name) => !known.has(name));
  if (missing !== undefined) refuse(`${path}.credential`, `the variable ${missing} among the variables`);
  // With grants the user name is the account's.
  if (plans.auth_mode === 'basic') known.add('username');
  const prefix = plans.path?.prepend?.path ?? '';
  const values = [
    ...[...plans.headers.defaults, ...plans.headers.set, ...plans.query].map(({ value }) => value),
    ...(plans.path?.replace ?? []).flatMap(({ value }) => value ?? []),
  ];
  for (const name of [...variablesIn(prefix), ...values.flatMap(variablesOf)])
    if (!known.has(name)) refuse(path, `the variable ${name} among the variables`);
}

function variablesOf(value: Value): string[] {
  if (!('parts' in value)) return [];
  return value.parts.flatMap((part) => (typeof part === 'string' ? [] : part.variable));
}

/** What is put into a path is whole segments, each named once. */
function checkPath(path: string, { path: plan, credential }: Connection): void {
  const seen = new Set<string>();
  const take = (place: string, segment: string): void => {
    if (!isSegment(segment)) refuse(place, 'a segment of a path');
    if (seen.has(segment)) refuse(place, 'each segment once');
    seen.add(segment);
  };
  for (const { segment, value } of plan?.replace ?? []) {
    const place = `${path}.path.replace ${segment}`;
    take(place, segment);
    if (value !== null && 'text' in value && !isSegment(value.text))
      refuse(place, 'a value that can be a segment of a path');
  }
  if (credential.kind !== 'path') return;
  take(`${path}.credential.segment`, credential.segment);
  if (!isSegment(`${credential.prefix}x${credential.suffix}`))
    refuse(`${path}.credential`, 'a prefix and suffix that a segment of a path may have');
}

/** Each name once, the key's among them: two of a name would be read as a list. */
function checkQuery(path: string, { query, credential }: Connection): void {
  const key = credentialPlace(credential);
  const seen = new Set(key?.in === 'query' ? [key.name] : []);
  for (const { name, value } of query) {
    const place = `${path}.query ${name}`;
    if (seen.has(name)) refuse(place, 'each name once');
    seen.add(name);
    checkText(place, value);
  }
}

function checkText(place: string, value: Value | null): void {
  const texts: unknown[] =
    value === null ? [] : 'parts' in value ? [...value.parts] : 'text' in value ? [value.text] : [];
  if (texts.some((text) => typeof text === 'string' && HALF_PAIR.test(text)))
    refuse(place, 'text without half surrogate pairs');
}
