import { isHeaderName } from './rules/header-syntax.ts';
import { pathGlobFault } from './rules/glob.ts';
import { HALF_PAIR, isParameterName } from './rules/parameter-name.ts';
import { VARIABLE_NAME } from './rules/variable-text.ts';
import { either, integer, list, record, refuse, text, textWhere, word } from './shape.ts';
import type { Shape } from './shape.ts';
import type * as t from './types.ts';

/** The shapes of texts and values of a table, for those of its larger parts. */

export const place: Shape<string> = textWhere('file:line:column', (value) => /:\d+:\d+$/.test(value));
export const headerName: Shape<string> = textWhere('a header name (RFC 9110 token)', isHeaderName);
export const method: Shape<string> = textWhere('a method in upper case', (value) =>
  /^[A-Z][A-Z-]*$/.test(value),
);
export const pathGlob: Shape<string> = textWhere('a path glob', (value) => pathGlobFault(value) === null);
export const sha256: Shape<string> = textWhere('64 hex digits', (value) => /^[0-9a-f]{64}$/.test(value));
/** node's timers take no more; a longer one would fire at once. */
export const timerMs: Shape<number> = integer(1, 2 ** 31 - 1);
export const queryText: Shape<string> = textWhere(
  'text without half surrogate pairs',
  (value) => !HALF_PAIR.test(value),
);
export const queryName: Shape<string> = textWhere('the name of a query parameter', isParameterName);
export const variableName: Shape<string> = textWhere('the name of a variable', (value) =>
  VARIABLE_NAME.test(value),
);

const SECRETS = {
  env: { at: place, env: text },
  file: { at: place, file: text },
  sealed: { at: place, sealed: text, bound_to: text },
  grant: { at: place, grant: word('credential', 'username', 'password') },
};

export const secret: Shape<t.Secret> = (value, path) => {
  const given = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const kind = (Object.keys(SECRETS) as (keyof typeof SECRETS)[]).find((one) => given.includes(one));
  if (kind === undefined) return refuse(path, 'a secret reference');
  return record<Record<string, string>>(SECRETS[kind])(value, path) as t.Secret;
};

const composed = record<t.Composed>({
  parts: list(either(text, record<t.VariableName>({ variable: variableName }))),
  at: place,
});

export const value: Shape<t.Value> = either(
  either(record<{ text: string; at: string }>({ text, at: place }), composed),
  secret,
);
export const headerLine: Shape<t.HeaderLine> = record<t.HeaderLine>({ name: headerName, value });
