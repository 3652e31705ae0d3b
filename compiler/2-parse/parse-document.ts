import { constructFromEvents, parseEvents, YAMLException } from 'js-yaml';
import type { Event } from 'js-yaml';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { Source } from '../source/source.ts';
import type { Range } from '../source/source.ts';
import type { Span } from '../source/span.ts';
import { locateInEvents } from './locate-in-events.ts';
import { jsonFaultAt, locateInJson } from './scan-json.ts';

const DEPTH_MAX = 500;
const ALIASES_MAX = 10_000;

/** An OpenAPI document as a plain value, with a way back to its text. */
export interface ParsedDocument {
  readonly source: Source;
  readonly value: unknown;
  /** Gives the place of the key that a path leads to; the document's beginning when there is none. */
  readonly locate: (path: readonly string[]) => Span;
}

/** Gives the value of an OpenAPI document in JSON or YAML, or null when it is malformed, which is reported. */
export function parseDocument(path: string, text: string, report: Report): ParsedDocument | null {
  const source = new Source(path, text);
  const isJson = path.endsWith('.json') || (!/\.ya?ml$/.test(path) && text.trimStart().startsWith('{'));
  return isJson ? parseJson(source, report) : parseYamlDocument(source, report);
}

function parseJson(source: Source, report: Report): ParsedDocument | null {
  try {
    const value: unknown = JSON.parse(source.text);
    return { source, value, locate: locator(source, (path) => locateInJson(source.text, path)) };
  } catch (error) {
    if (error instanceof RangeError) return tooDeep(source, report);
    const start = jsonFaultAt(source.text) ?? 0;
    report(
      diagnostic(
        'GW6002',
        { source, start, end: start + 1 },
        { message: 'the document is not JSON from here on' },
      ),
    );
    return null;
  }
}

function parseYamlDocument(source: Source, report: Report): ParsedDocument | null {
  try {
    const events = parseEvents(source.text, { maxDepth: DEPTH_MAX });
    const [value] = constructFromEvents(events, { source: source.text, maxAliases: ALIASES_MAX });
    return { source, value, locate: locator(source, (path) => locateYaml(events, source, path)) };
  } catch (error) {
    if (error instanceof RangeError) return tooDeep(source, report);
    if (!(error instanceof YAMLException)) throw error;
    const start = Math.min(error.mark?.position ?? 0, source.text.length);
    const reason = error.reason === '' ? '' : `: ${error.reason}`;
    report(
      diagnostic(
        'GW6002',
        { source, start, end: start + 1 },
        { message: `the document is not YAML${reason}` },
      ),
    );
    return null;
  }
}

function locateYaml(events: readonly Event[], source: Source, path: readonly string[]): Range | null {
  return locateInEvents(events, source.text, path);
}

/** Where a path leads through a `$ref` its end is elsewhere: the nearest key before it is shown. */
function locator(source: Source, find: (path: readonly string[]) => Range | null): ParsedDocument['locate'] {
  return (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const range = find(path.slice(0, length));
      if (range !== null) return { source, ...range };
    }
    return { source, start: 0, end: 0 };
  };
}

function tooDeep(source: Source, report: Report): null {
  report(
    diagnostic(
      'GW1012',
      { source, start: 0, end: 0 },
      { message: `the document is nested deeper than ${DEPTH_MAX} levels` },
    ),
  );
  return null;
}
