import type { Event, YAMLException } from 'js-yaml';
import { jsYaml } from './heavy-modules.ts';

/** The events of a text, and the text that their offsets count in: as long as what was given, line by line the same. */
export interface YamlEvents {
  readonly events: Event[];
  readonly text: string;
}

const REPAIRS_MAX = 50;

/**
 * Gives the events of YAML. A closing bracket that stands no deeper than what it closes is against YAML (7.4), and
 * most parsers take it, so vendors publish it: it is drawn to the line before, at the same offset.
 */
export function yamlEvents(written: string, maxDepth: number): YamlEvents {
  const { parseEvents, YAMLException: Fault } = jsYaml();
  let text = written;
  for (let repairs = 0; ; repairs += 1) {
    try {
      return { events: parseEvents(text, { maxDepth }), text };
    } catch (error) {
      const repaired = error instanceof Fault && repairs < REPAIRS_MAX ? repair(text, error) : null;
      if (repaired === null) throw error;
      text = repaired;
    }
  }
}

function repair(text: string, { reason, mark }: YAMLException): string | null {
  const at = mark?.position ?? text.length;
  if (reason !== 'deficient indentation' || !/[}\]]/.test(text.charAt(at))) return null;
  const lineEnd = text.lastIndexOf('\n', at);
  const before = text.slice(text.lastIndexOf('\n', lineEnd - 1) + 1, lineEnd);
  // A comment there would take the bracket in.
  if (lineEnd < 0 || before.includes('#') || text.slice(lineEnd, at).trim() !== '') return null;
  return `${text.slice(0, lineEnd)} ${text.slice(lineEnd + 1)}`;
}
