import type { Diagnostic } from './diagnostic.ts';

/** Gives diagnostics as workflow commands of GitHub Actions, which show them beside the lines of a change. */
export function renderGithub(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((one) => `${command(one)}\n`).join('');
}

function command(one: Diagnostic): string {
  const { source } = one.span;
  const properties = [`file=${escapeProperty(source.path)}`];
  if (source.readable) {
    const start = source.positionAt(one.span.start);
    const end = source.positionAt(one.span.end);
    properties.push(`line=${start.line}`, `col=${start.column}`);
    if (end.line === start.line) properties.push(`endLine=${end.line}`, `endColumn=${end.column}`);
  }
  properties.push(`title=${one.code}`);
  const notes = one.notes.map((note) => {
    if (note.span === null || !note.span.source.readable) return note.message;
    const { line, column } = note.span.source.positionAt(note.span.start);
    return `${note.message} (${note.span.source.path}:${line}:${column})`;
  });
  const text = [one.message, one.label, ...notes, one.help ?? ''].filter((part) => part !== '').join('\n');
  return `::${one.severity} ${properties.join(',')}::${escapeText(text)}`;
}

function escapeText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
