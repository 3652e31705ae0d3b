import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Source } from '../source/source.ts';
import type { Range } from '../source/source.ts';
import { expansionFault } from './alias-expansion.ts';
import { duplicateKeys } from './duplicate-keys.ts';
import { jsYaml } from './heavy-modules.ts';
import { keyIn } from './json-text.ts';
import { locateInEvents } from './locate-in-events.ts';
import { locateInJson } from './locate-in-json.ts';
import { jsonFaultAt } from './scan-json.ts';
import { rangeOfPath, wantedPaths } from './wanted-paths.ts';
import type { Wanted } from './wanted-paths.ts';
import { yamlEvents } from './yaml-events.ts';

/** Deepest nesting of an OpenAPI document. */
const DEPTH_MAX = 500;
const ALIASES_MAX = 10_000;
/** Down to the keys of an operation and of a schema under `components`: looking at all of them costs too much. */
const KEYS_DEPTH = 4;
const DUPLICATES_MAX = 20;
/** The events of a text from this size on are kept for faults: making them again takes longer than keeping them. */
const LARGE_CHARACTERS = 64 * 1024;

/** A part of an OpenAPI description as a plain value, with a way back to its text. */
export interface ParsedDocument {
  readonly source: Source;
  /** The path in the catalog's folder, which references count from. */
  readonly path: string;
  readonly value: unknown;
  /** Gives the ranges of the keys that paths lead to, in one reading of the text. */
  readonly locateAll: (paths: readonly (readonly string[])[]) => Range[];
}

/** A text with the path that it has in the folder. */
export interface DocumentText {
  readonly source: Source;
  readonly path: string;
}

/** Gives the value of a document in JSON or YAML, or null when it is malformed, which is reported. */
export function parseDocument(text: DocumentText, report: Report): ParsedDocument | null {
  if (text.source.text.trim() === '') {
    const place = { source: text.source, start: 0, end: 0 };
    report(diagnostic('GW6002', place, { message: 'the document is empty' }));
    return null;
  }
  const { path, source } = text;
  const isJson =
    path.endsWith('.json') || (!/\.ya?ml$/.test(path) && source.text.trimStart().startsWith('{'));
  return isJson ? parseJson(text, report) : parseYamlDocument(text, report);
}

function parseJson({ source, path }: DocumentText, report: Report): ParsedDocument | null {
  try {
    const value: unknown = JSON.parse(source.text);
    for (const range of duplicateKeys(source.text, KEYS_DEPTH).slice(0, DUPLICATES_MAX)) {
      const message = `the key ${quote(keyIn(source.text, range.start, range.end))} is given twice`;
      report(diagnostic('GW6018', { source, ...range }, { message }));
    }
    return { source, path, value, locateAll: locator((wanted) => locateInJson(source.text, wanted)) };
  } catch (error) {
    if (error instanceof RangeError) return tooDeep(source, report);
    const start = jsonFaultAt(source.text) ?? 0;
    const place = { source, start, end: start + 1 };
    report(diagnostic('GW6002', place, { message: 'the document is not JSON from here on' }));
    return null;
  }
}

function parseYamlDocument(text: DocumentText, report: Report): ParsedDocument | null {
  const { constructFromEvents, EVENT_ID, YAMLException } = jsYaml();
  const { source, path } = text;
  try {
    const { events, text: read } = yamlEvents(source.text, DEPTH_MAX);
    const values = constructFromEvents(events, { source: read, maxAliases: ALIASES_MAX });
    const [value] = values;
    if (values.length > 1) {
      const message = 'the file holds several YAML documents';
      report(diagnostic('GW6002', { source, start: 0, end: 0 }, { message }));
      return null;
    }
    const hasAliases = read.includes('*') && events.some((event) => event.type === EVENT_ID.ALIAS);
    const fault = hasAliases ? expansionFault(value) : null;
    if (fault !== null) {
      report(diagnostic('GW1011', { source, start: 0, end: 0 }, { message: fault }));
      return null;
    }
    const kept = source.text.length < LARGE_CHARACTERS ? null : events;
    const find = (wanted: Wanted): void => {
      const found = kept ?? yamlEvents(source.text, DEPTH_MAX).events;
      locateInEvents(found, EVENT_ID, source.text, wanted);
    };
    return { source, path, value, locateAll: locator(find) };
  } catch (error) {
    if (error instanceof RangeError) return tooDeep(source, report);
    if (!(error instanceof YAMLException)) throw error;
    const start = Math.min(error.mark?.position ?? 0, source.text.length);
    const reason = error.reason === '' ? '' : `: ${error.reason}`;
    const place = { source, start, end: start + 1 };
    report(diagnostic('GW6002', place, { message: `the document is not YAML${reason}` }));
    return null;
  }
}

function locator(find: (wanted: Wanted) => void): ParsedDocument['locateAll'] {
  return (paths) => {
    const wanted = wantedPaths(paths);
    if (wanted.children.size > 0) find(wanted);
    return paths.map((path) => rangeOfPath(wanted, path));
  };
}

function tooDeep(source: Source, report: Report): null {
  const message = `the document is nested deeper than ${DEPTH_MAX} levels`;
  report(diagnostic('GW1012', { source, start: 0, end: 0 }, { message }));
  return null;
}
