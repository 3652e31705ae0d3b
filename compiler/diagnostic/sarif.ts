import type { Span } from '../source/span.ts';
import { CODES } from './codes.ts';
import type { Code } from './codes.ts';
import type { Diagnostic } from './diagnostic.ts';

/** Gives diagnostics as a SARIF 2.1.0 log (OASIS), for code scanning. No source text goes into it. */
export function renderSarif(diagnostics: readonly Diagnostic[]): string {
  const codes = [...new Set(diagnostics.map((one) => one.code))].sort();
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'gw', rules: codes.map(rule) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((one) => result(one, codes.indexOf(one.code))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function rule(code: Code): object {
  const { slug, title, why, fix, severity } = CODES[code];
  return {
    id: code,
    name: slug,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: fix },
    defaultConfiguration: { level: severity },
  };
}

function result(one: Diagnostic, ruleIndex: number): object {
  const parts = [one.message, one.label, one.help ?? ''].filter((part) => part !== '');
  const related = one.notes.flatMap((note) =>
    note.span === null ? [] : [{ ...location(note.span), message: { text: note.message } }],
  );
  return {
    ruleId: one.code,
    ruleIndex,
    level: one.severity,
    message: { text: parts.join('; ') },
    locations: [location(one.span)],
    ...(related.length === 0 ? {} : { relatedLocations: related }),
  };
}

function location(span: Span): object {
  const artifactLocation = { uri: encodeURI(span.source.path) };
  if (!span.source.readable) return { physicalLocation: { artifactLocation } };
  const start = span.source.positionAt(span.start);
  const end = span.source.positionAt(span.end);
  const region = {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
  return { physicalLocation: { artifactLocation, region } };
}
