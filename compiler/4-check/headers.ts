import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import { headerValueFault, isHeaderName } from '../../table/rules/header-syntax.ts';
import type { HeaderValueFault } from '../../table/rules/header-syntax.ts';
import { operatorHeaderFault } from '../../table/rules/operator-headers.ts';
import type { OperatorHeaderFault } from '../../table/rules/operator-headers.ts';
import { catalogFacts } from '../3-resolve/catalog-facts.ts';
import {
  credentialHeaderName,
  effectiveDefaultHeaders,
  effectiveStaticHeaders,
} from '../3-resolve/effective.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Field, Named } from '../fields/field.ts';
import { hideSpan } from '../source/span.ts';
import type { Span } from '../source/span.ts';
import type { Rule } from './rule.ts';

/** What to do instead, for each reason why a header may not be set. */
const INSTEAD: Readonly<Record<OperatorHeaderFault, string>> = {
  credential: 'credentials come from `auth_mode` and its fields',
  gateway: 'names that begin with "Gateway-", and Maton-Connection, are between callers and the gateway',
  framing: 'the gateway frames every request itself',
  hop_by_hop: 'the header concerns one socket and never goes to the upstream',
  cookie: '`cookies: forward` passes cookies of callers on',
};

const VALUE_FAULTS: Readonly<Record<HeaderValueFault, string>> = {
  cr_lf_nul: 'holds CR, LF or NUL',
  control: 'holds a control character',
  not_latin1: 'holds characters beyond Latin-1',
  edge_space: 'begins or ends with space',
};

/** static_headers and default_headers have names that may be set, each once, and values that can stand in a header. */
export const headers: Rule = (model, report) => {
  for (const connection of model.connections) {
    const lines = connection.fields.static_headers?.value ?? new Map();
    checkNames(lines, credentialHeaderName(connection), report);
    for (const [name, field] of lines) {
      if (field.value?.kind === 'literal') checkHeaderValue(name, field.value.text, field.span, report);
    }
    checkDefaultsAgainstKey(connection, report);
  }
  for (const facts of catalogFacts(model)) {
    for (const lines of [facts.default_headers?.value, facts.static_headers?.value])
      checkCatalogLines(lines ?? new Map(), report);
  }
};

function checkCatalogLines(lines: Named<string>, report: Report): void {
  checkNames(lines, null, report);
  for (const [name, field] of lines)
    if (field.value !== undefined) checkHeaderValue(name, field.value, field.span, report);
}

/** Reports a value that cannot stand in a header. The value is kept out of the report. */
export function checkHeaderValue(name: string, value: string, span: Span, report: Report): void {
  const fault = headerValueFault(value);
  if (fault === null) return;
  hideSpan(span);
  report(diagnostic('GW4011', span, { message: `the value of ${quote(name)} ${VALUE_FAULTS[fault]}` }));
}

/** Longer texts with a colon or space are taken for a whole line, `Authorization: Bearer …`, and not shown. */
const SHOWN_MAX = 20;

/** Reports what is no header name. */
export function reportName(code: 'GW4009' | 'GW4013', name: string, span: Span, report: Report): void {
  const isLine = name.length > SHOWN_MAX && /[:\s]/.test(name);
  if (isLine) hideSpan(span);
  report(
    diagnostic(code, span, {
      message: isLine ? 'a header name holds no colon and no space' : `${quote(name)} is no header name`,
      help: 'a header name is a token: letters, digits and "-"',
    }),
  );
}

function checkNames(lines: Named<unknown>, keyHeader: string | null, report: Report): void {
  const seen = new Map<string, Field<unknown>>();
  for (const [name, field] of lines) {
    if (!isHeaderName(name)) {
      reportName('GW4009', name, field.key, report);
      continue;
    }
    const fault = operatorHeaderFault(name, keyHeader);
    if (fault !== null) {
      hideSpan(field.span);
      report(
        diagnostic('GW4010', field.key, {
          message: `${quote(name)} may not be set here`,
          help: INSTEAD[fault],
        }),
      );
    }
    const before = seen.get(foldHeaderName(name));
    if (before === undefined) {
      seen.set(foldHeaderName(name), field);
      continue;
    }
    report(
      diagnostic('GW4012', field.key, {
        message: `${quote(name)} is the same header as another one here`,
        notes: [{ message: 'case is ignored, and "_" is read as "-"', span: before.key }],
      }),
    );
  }
}

/** A catalog cannot know which header a connection chooses for its key. */
function checkDefaultsAgainstKey(connection: ConnectionModel, report: Report): void {
  const keyHeader = credentialHeaderName(connection);
  if (keyHeader === null) return;
  const lines = [...effectiveDefaultHeaders(connection), ...effectiveStaticHeaders(connection)];
  for (const [name, field] of lines) {
    if (operatorHeaderFault(name, null) !== null || operatorHeaderFault(name, keyHeader) === null) continue;
    report(
      diagnostic('GW4010', connection.fields.api_key_header?.key ?? connection.key, {
        message: `the credential goes into ${quote(keyHeader)}, which the catalog sets too`,
        notes: [{ message: 'the catalog sets it here', span: field.key }],
      }),
    );
  }
}
