import type { Diagnostic } from '../compiler/diagnostic/diagnostic.ts';
import { renderGithub } from '../compiler/diagnostic/github.ts';
import { renderJson } from '../compiler/diagnostic/json.ts';
import { renderSarif } from '../compiler/diagnostic/sarif.ts';
import { renderText } from '../compiler/diagnostic/text.ts';
import { plural } from './plural.ts';

/** How findings are printed. */
export const FORMATS = ['text', 'json', 'sarif', 'github'] as const;

export type Format = (typeof FORMATS)[number];

/** Prints findings in a format: text goes to stderr for people, documents that were asked for to stdout. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], format: Format): void {
  switch (format) {
    case 'text': {
      const color = process.stderr.isTTY && process.env['NO_COLOR'] === undefined;
      if (diagnostics.length === 0) return;
      process.stderr.write(`${renderText(diagnostics, { color })}\n${countLine(diagnostics)}\n`);
      return;
    }
    case 'json':
      process.stdout.write(renderJson(diagnostics));
      return;
    case 'sarif':
      process.stdout.write(renderSarif(diagnostics));
      return;
    case 'github':
      process.stdout.write(renderGithub(diagnostics));
  }
}

function countLine(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((one) => one.severity === 'error').length;
  return `${plural(errors, 'error')}, ${plural(diagnostics.length - errors, 'warning')}`;
}
