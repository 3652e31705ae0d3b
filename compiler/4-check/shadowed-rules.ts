import { coversPathGlob, matchGlob } from '../../table/rules/glob.ts';
import { READ_METHODS } from '../../table/rules/decide-access.ts';
import { TOOL_NAMES } from '../../table/rules/tool-names.ts';
import { allowsConnection, firstMatch } from '../3-resolve/persona-access.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Fields } from '../fields/field.ts';
import type { AllowDenyKeys, PersonaFields, RouteFields } from '../fields/gateway-fields.ts';
import type { Element } from '../fields/shape.ts';
import type { Span } from '../source/span.ts';
import type { Rule } from './rule.ts';

/**
 * What a persona allows can take effect: its own denies do not take all of it back, and `read_only` leaves the
 * methods. A deny is never dead: it also denies what other personas of a caller allow.
 */
export const shadowedRules: Rule = (model, report) => {
  const names = model.connections.map(({ name }) => name);
  for (const { fields } of model.personas) {
    checkLists(fields.connections?.value, names, report);
    checkLists(fields.tools?.value, TOOL_NAMES, report);
    for (const route of fields.routes?.value ?? []) {
      if (route.value?.action?.value !== 'allow') continue;
      checkRoute(route.value, { span: route.span, fields, names }, report);
      if (fields.read_only?.value === true) checkMethods(route.value, fields.read_only.key, report);
    }
  }
};

/** A pattern of `allow` is at fault where `deny` has every name that it matches. */
function checkLists(
  lists: Fields<AllowDenyKeys> | undefined,
  names: readonly string[],
  report: Report,
): void {
  for (const { span, value } of lists?.allow?.value ?? []) {
    const matched = value === undefined ? [] : names.filter((name) => matchGlob(value, name));
    const denied = matched.map((name) => firstMatch(lists?.deny?.value, name));
    const [first] = denied;
    if (first === undefined || denied.includes(undefined)) continue;
    report(
      diagnostic('GW3015', span, {
        message: `${quote(value ?? '')} allows nothing: \`deny\` has all that it matches`,
        notes: [{ message: 'denied here', span: first.span }],
      }),
    );
  }
}

interface Placed {
  readonly span: Span;
  readonly fields: PersonaFields;
  readonly names: readonly string[];
}

/** A rule that allows is at fault where, on each connection that it is about, a deny has every method and path of it. */
function checkRoute(route: RouteFields, { span, fields, names }: Placed, report: Report): void {
  const pattern = route.connection?.value;
  const about = names.filter((name) => pattern !== undefined && matchGlob(pattern, name));
  const denies = (fields.routes?.value ?? []).filter((other) => other.value?.action?.value === 'deny');
  const found = about
    .filter((name) => allowsConnection(fields, name))
    .map((name) =>
      shadowOf(
        route,
        denies.filter(({ value }) => matchGlob(value?.connection?.value ?? '', name)),
      ),
    );
  const [first] = found;
  if (first === undefined || first === null || found.includes(null)) return;
  report(
    diagnostic('GW3015', span, {
      message: 'this rule allows nothing: the same persona denies all that it matches',
      notes: [{ message: 'denied here', span: first.span }],
    }),
  );
}

/** Gives a deny that takes part in denying all of a rule, or null where something of it is left. */
function shadowOf(route: RouteFields, denies: readonly Element<RouteFields>[]): Element<RouteFields> | null {
  const methods = textsOf(route.methods?.value);
  const paths = textsOf(route.paths?.value);
  const pairs = methods.flatMap((method) => paths.map((path) => ({ method, path })));
  const found = pairs.map(
    ({ method, path }) =>
      denies.find(({ value }) => value !== undefined && takesBack(value, method, path)) ?? null,
  );
  return found.includes(null) ? null : (found[0] ?? null);
}

/** Gives the texts of a list; null stands for any, where there is no list. */
function textsOf(list: readonly Element<string>[] | undefined): (string | null)[] {
  return list === undefined ? [null] : list.flatMap(({ value }) => value ?? []);
}

function takesBack(deny: RouteFields, method: string | null, path: string | null): boolean {
  const methods = textsOf(deny.methods?.value);
  const paths = textsOf(deny.paths?.value);
  return (
    (methods.includes(null) || methods.includes(method)) &&
    paths.some((outer) => outer === null || (path !== null && coversPathGlob(outer, path)))
  );
}

function checkMethods({ methods }: RouteFields, readOnly: Span, report: Report): void {
  for (const { span, value } of methods?.value ?? []) {
    if (value === undefined || READ_METHODS.has(value)) continue;
    report(
      diagnostic('GW3016', span, {
        message: `${quote(value)} is never allowed: the persona is for reading only`,
        notes: [{ message: 'said here', span: readOnly }],
      }),
    );
  }
}
