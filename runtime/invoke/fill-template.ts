import type { ParameterRecord } from '../../table/operations.ts';
import { encodeSegment } from '../../table/rules/encode-segment.ts';
import { targetFault } from '../../table/rules/target.ts';
import { segmentParameters } from '../../table/rules/template.ts';
import { addFault } from './faults.ts';
import type { FaultList } from './faults.ts';
import type { JsonObject } from './types.ts';
import { writeInPath } from './write-style.ts';

/** A template that is to be filled. */
export interface PathTemplate {
  /** What stands in front of it on the connection: no placeholders. */
  readonly prefix: string;
  readonly path: string;
  readonly parameters: readonly ParameterRecord[];
}

/**
 * Gives the path of an operation with its placeholders filled, encoded. Every placeholder needs a value that is not
 * empty, nothing else may be given, and no segment may come to a dot segment in any reading; all that is wrong is
 * added to the faults.
 */
export function fillTemplate(
  { prefix, path, parameters }: PathTemplate,
  given: JsonObject,
  faults: FaultList,
): string {
  const names = new Set(segmentParameters(path));
  for (const name of Object.keys(given)) {
    if (!names.has(name)) addFault(faults, 'path', name, `to be left out: ${path} has no such placeholder`);
  }
  const segments = path.split('/').map((segment) => {
    const own = new Set(segmentParameters(segment));
    const filled = segment.split(/(\{[^{}]*\})/).map((part) => {
      if (!part.startsWith('{')) return encodeLiteral(part);
      return fillOne(part.slice(1, -1), { given, parameters, faults });
    });
    const text = filled.join('');
    if (targetFault(`/${text}`) !== null) {
      for (const name of own)
        addFault(faults, 'path', name, 'text that is no dot segment, however often decoded, and has no NUL');
    }
    return text;
  });
  return prefix + segments.join('/');
}

interface Filling {
  readonly given: JsonObject;
  readonly parameters: readonly ParameterRecord[];
  readonly faults: FaultList;
}

function fillOne(name: string, { given, parameters, faults }: Filling): string {
  const value = Object.hasOwn(given, name) ? given[name] : null;
  if (value === null || value === undefined) {
    if (!faults.some((fault) => fault.in === 'path' && fault.name === name))
      addFault(faults, 'path', name, 'to be there');
    return 'x';
  }
  const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
  const written = writeInPath(name, value, parameter ?? { style: 'simple', explode: false });
  if ('text' in written) return written.text;
  addFault(faults, 'path', name, written.expected);
  return 'x';
}

/** Documents write templates with characters that no target has; what is encoded stays. */
function encodeLiteral(text: string): string {
  return text.split('%').map(encodeSegment).join('%');
}
