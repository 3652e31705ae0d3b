import { pathGlobFault } from '../../table/rules/glob.ts';
import { isSegment } from '../../table/rules/encode-segment.ts';
import { PATH_PLACEHOLDER } from '../../table/rules/path-placeholder.ts';
import { isPathPrefix } from '../../table/rules/path-prefix.ts';
import { fillVariables } from '../../table/rules/variable-text.ts';
import { catalogFacts } from '../3-resolve/catalog-facts.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { didYouMean } from '../../table/rules/nearest-name.ts';
import { quote } from '../diagnostic/quote.ts';
import type { HostFields, PathFields } from '../fields/catalog-fields.ts';
import { GLOB_FAULTS, SERVED } from './routes.ts';
import type { Rule } from './rule.ts';

/** Path rules of catalogs replace placeholders and put a path in front; rules about second hosts can match. */
export const catalogPaths: Rule = (model, report) => {
  for (const facts of catalogFacts(model)) {
    if (facts.path?.value !== undefined) checkPath(facts.path.value, report);
    for (const host of facts.hosts?.value ?? []) if (host.value !== undefined) checkHost(host.value, report);
  }
};

function checkPath({ replace, prepend, unless_present: unless }: PathFields, report: Report): void {
  for (const [segment, field] of replace?.value ?? []) {
    if (field.value !== undefined && !isSegment(fillVariables(field.value, () => 'x'))) {
      report(
        diagnostic('GW6023', field.span, {
          message: `${quote(field.value)} cannot be a segment of a path`,
          help: 'one segment stands for one: without slashes, and no dot segment',
        }),
      );
    }
    if (PATH_PLACEHOLDER.test(segment)) continue;
    report(
      diagnostic('GW6023', field.key, {
        message: `${quote(segment)} is no placeholder`,
        help: 'write a colon and a name, such as `:realmId`; it stands for a whole segment',
      }),
    );
  }
  const text = prepend?.value;
  if (prepend !== undefined && text !== undefined) {
    const filled = fillVariables(text, () => 'x');
    if (!isPathPrefix(filled)) {
      report(
        diagnostic('GW6023', prepend.span, {
          message: `${quote(text)} is no path that can be put in front`,
          help: 'write for example `/api/v1`, without a slash at the end',
        }),
      );
    }
  }
  if (unless === undefined || prepend !== undefined) return;
  report(diagnostic('GW6023', unless.key, { message: '"unless_present" says nothing without "prepend"' }));
}

function checkHost({ methods, paths }: HostFields, report: Report): void {
  if (methods?.value?.length === 0)
    report(
      diagnostic('GW6024', methods.span, {
        message: 'an empty list names no method',
        help: 'leave it out for all',
      }),
    );
  for (const method of methods?.value ?? []) {
    if (SERVED.includes(method) || methods === undefined) continue;
    report(
      diagnostic('GW6024', methods.span, {
        message: `${quote(method)} is no method`,
        label: didYouMean(method, SERVED),
        help: 'methods are written in upper case, such as GET',
      }),
    );
  }
  if (paths?.value?.length === 0)
    report(diagnostic('GW6024', paths.span, { message: 'an empty list names no path' }));
  for (const { span, value } of paths?.value ?? []) {
    const fault = value === undefined ? null : pathGlobFault(value);
    if (value === undefined || fault === null) continue;
    report(diagnostic('GW6024', span, { message: `${quote(value)} ${GLOB_FAULTS[fault]}` }));
  }
}
