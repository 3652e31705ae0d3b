import { METHODS } from 'node:http';
import { isRefusedGlob, pathGlobFault } from '../../table/rules/glob.ts';
import type { GlobFault } from '../../table/rules/glob.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { didYouMean } from '../../table/rules/nearest-name.ts';
import { quote } from '../diagnostic/quote.ts';
import type { RouteFields } from '../fields/gateway-fields.ts';
import type { Rule } from './rule.ts';

/** What is wrong with a glob, as the rest of a sentence. */
export const GLOB_FAULTS: Readonly<Record<GlobFault, string>> = {
  empty: 'is empty',
  no_leading_slash: 'does not begin with "/"',
  double_star_inside: 'holds "**" inside a segment; "**" is a whole segment',
  dot_segment: 'holds a "." or ".." segment',
  query: 'holds "?" or "#"; only paths are matched',
  encoded: 'holds "%"; paths are matched decoded, so write the character itself',
};

/** What a rule can name: all methods of HTTP that node reads, without those that the gateway never forwards. */
export const SERVED: readonly string[] = METHODS.filter(
  (method) => method !== 'CONNECT' && method !== 'TRACE',
);

/** The methods and path patterns of route rules are well-formed. */
export const routes: Rule = (model, report) => {
  for (const { fields } of model.personas) {
    for (const route of fields.routes?.value ?? []) {
      if (route.value === undefined) continue;
      checkMethods(route.value, report);
      checkPaths(route.value, report);
    }
  }
};

function checkMethods({ methods }: RouteFields, report: Report): void {
  if (methods?.value?.length === 0) {
    report(
      diagnostic('GW5006', methods.span, {
        message: 'an empty list names no method',
        help: 'leave `methods` out for any',
      }),
    );
  }
  for (const { span, value } of methods?.value ?? []) {
    if (value === undefined || SERVED.includes(value)) continue;
    const label = didYouMean(value, SERVED);
    const never = value === 'CONNECT' || value === 'TRACE';
    report(
      diagnostic('GW5006', span, {
        message: never ? `${quote(value)} is never forwarded` : `${quote(value)} is no method`,
        label: never ? '' : label,
        help: never || label !== '' ? null : 'methods are written in upper case, such as GET',
      }),
    );
  }
}

function checkPaths({ paths }: RouteFields, report: Report): void {
  if (paths?.value?.length === 0) {
    report(
      diagnostic('GW5005', paths.span, {
        message: 'an empty list names no path',
        help: 'leave `paths` out for any',
      }),
    );
  }
  for (const { span, value } of paths?.value ?? []) {
    if (value === undefined) continue;
    const fault = pathGlobFault(value);
    if (fault !== null) {
      report(diagnostic('GW5005', span, { message: `the path pattern ${GLOB_FAULTS[fault]}` }));
    } else if (isRefusedGlob(value)) {
      report(
        diagnostic('GW5005', span, {
          message: `the path pattern matches nothing: paths with ";" or "//" are refused where rules apply`,
        }),
      );
    }
  }
}
