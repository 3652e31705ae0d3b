import pc from 'picocolors';
import type { Span } from '../source/span.ts';
import type { Diagnostic } from './diagnostic.ts';
import { clean, frameOf } from './frame.ts';

/** Gives diagnostics for people: message, place, line with carets, second places, help. */
export function renderText(diagnostics: readonly Diagnostic[], options: { readonly color: boolean }): string {
  const colors = pc.createColors(options.color);
  const counts = new Map<string, number>();
  const rendered: string[] = [];
  for (const one of diagnostics) {
    const kind = `${one.code} ${one.span.source.path}`;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count <= SHOWN_MAX) rendered.push(renderOne(one, colors));
  }
  return [...rendered, ...omitted(counts)].join('\n');
}

/** What is wrong with a vendor's document is often wrong a thousand times. */
const SHOWN_MAX = 20;

function omitted(counts: ReadonlyMap<string, number>): string[] {
  return [...counts]
    .filter(([, count]) => count > SHOWN_MAX)
    .map(([kind, count]) => {
      const [code = '', ...path] = kind.split(' ');
      return `${count - SHOWN_MAX} more ${code} in ${path.join(' ')} are not shown here: --format json shows all\n`;
    });
}

type Colors = ReturnType<typeof pc.createColors>;

function renderOne(one: Diagnostic, colors: Colors): string {
  const paint = one.severity === 'error' ? colors.red : colors.yellow;
  const lines = [`${paint(colors.bold(`${one.severity} ${one.code}`))}: ${colors.bold(one.message)}`];
  lines.push(...renderPlace(one.span, one.label, { colors, paint }));
  for (const note of one.notes) {
    lines.push(`${colors.bold('note')}: ${note.message}`);
    if (note.span !== null) lines.push(...renderPlace(note.span, '', { colors, paint: colors.blue }));
  }
  if (one.help !== null) lines.push(`   = help: ${one.help}`);
  lines.push(colors.dim(`   = see docs/diagnostics.md#${one.code.toLowerCase()}`));
  return `${lines.join('\n')}\n`;
}

interface Style {
  readonly colors: Colors;
  readonly paint: (text: string) => string;
}

function renderPlace(span: Span, label: string, { colors, paint }: Style): string[] {
  const frame = frameOf(span);
  const path = clean(span.source.path);
  if (frame === null) {
    return [`  ${colors.blue('-->')} ${path}`, ...(label === '' ? [] : [`   | ${paint(label)}`])];
  }
  const number = String(frame.line);
  const bar = colors.blue('|');
  const mark = label === '' ? frame.carets : `${frame.carets} ${label}`;
  return [
    `  ${colors.blue('-->')} ${path}:${frame.line}:${frame.column}`,
    `${colors.blue(number)} ${bar} ${frame.text}`.trimEnd(),
    `${' '.repeat(number.length)} ${bar} ${frame.indent}${paint(mark)}`,
  ];
}
