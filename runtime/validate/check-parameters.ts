import type { ParameterRecord } from '../../table/operations.ts';
import { pathSegments, pathOf } from '../../table/rules/target.ts';
import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import {
  readSegment,
  segmentLiterals,
  segmentParameters,
  templateSegments,
} from '../../table/rules/template.ts';
import { decodeForm, readFromPairs, readFromText, readPairs } from './read-style.ts';
import type { Pair } from './read-style.ts';
import { faultsAt, joinFaults, NO_FAULTS, oneFault } from './request-fault.ts';
import type { Faults } from './request-fault.ts';
import type { ValidatorSet } from './validator-set.ts';
import type { ValueShape } from './value-shape.ts';

/** The parts of a request that hold parameters, as they go out. */
export interface ParameterSource {
  /** Path and query behind the connection's name. */
  readonly rest: string;
  /** Prefix and template of the operation. */
  readonly template: string;
  /** Flat: name, value, name, value. */
  readonly headers: readonly string[];
}

/** Parameters that the caller cannot send on this connection, because the connection does, or nobody. */
export interface NotTheCallers {
  /** Folded names of headers. */
  readonly headers: ReadonlySet<string>;
  readonly query: ReadonlySet<string>;
  readonly cookies: boolean;
}

/** OpenAPI 3.2, 4.12.2.1: parameters of these names are to be ignored. */
const NOT_PARAMETERS: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization']);

/** Gives what is wrong with the parameters of a request. */
export async function checkParameters(
  parameters: readonly ParameterRecord[],
  source: ParameterSource,
  validators: ValidatorSet,
  not: NotTheCallers,
): Promise<Faults> {
  const read = readSource(source);
  const faults: Faults[] = [];
  for (const parameter of parameters) {
    if (isSkipped(parameter, not)) continue;
    // Validators are made one after the other, so that the event loop goes on in between.
    faults.push(await checkParameter(parameter, read, validators));
  }
  return joinFaults(faults);
}

function isSkipped({ in: place, name }: ParameterRecord, not: NotTheCallers): boolean {
  if (place === 'query') return not.query.has(name);
  if (place === 'cookie') return not.cookies;
  const folded = foldHeaderName(name);
  return place === 'header' && (NOT_PARAMETERS.has(folded) || not.headers.has(folded));
}

interface ReadSource {
  readonly path: ReadonlyMap<string, string>;
  readonly pairs: readonly Pair[];
  readonly query: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly cookies: readonly Pair[];
}

function readSource({ rest, template, headers }: ParameterSource): ReadSource {
  const path = pathOf(rest);
  const query = rest.slice(path.length + 1);
  const lines = new Map<string, string>();
  for (let at = 0; at < headers.length; at += 2) {
    const name = (headers[at] ?? '').toLowerCase();
    const before = lines.get(name);
    const value = headers[at + 1] ?? '';
    // RFC 9110 5.3: lines of one name are one list.
    lines.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  const cookies = (lines.get('cookie') ?? '').split(/;\s*/).map((pair): Pair => {
    const equals = pair.indexOf('=');
    return { name: pair.slice(0, Math.max(equals, 0)).trim(), raw: pair.slice(equals + 1) };
  });
  return { path: pathValues(template, path), pairs: readPairs(query), query, headers: lines, cookies };
}

function pathValues(template: string, path: string): Map<string, string> {
  const values = new Map<string, string>();
  const segments = pathSegments(path) ?? [];
  for (const [at, segment] of templateSegments(template).entries()) {
    const names = segmentParameters(segment);
    if (names.length === 0) continue;
    const found = readSegment(segmentLiterals(segment), segments[at] ?? '') ?? [];
    for (const [index, name] of names.entries()) values.set(name, found[index] ?? '');
  }
  return values;
}

async function checkParameter(
  parameter: ParameterRecord,
  source: ReadSource,
  validators: ValidatorSet,
): Promise<Faults> {
  const { in: place, name, schema, required, media_type: mediaType, allow_empty: allowEmpty } = parameter;
  const at = { in: place === 'querystring' ? ('query' as const) : place, name };
  const shape = validators.shape(schema);
  const text = mediaType === null ? undefined : textOf(parameter, source);
  const value = mediaType === null ? styled(parameter, shape, source) : text;
  if (value === undefined)
    return required ? oneFault({ ...at, pointer: '', expected: 'to be there' }) : NO_FAULTS;
  if (schema === null || (allowEmpty && value === '')) return NO_FAULTS;
  if (mediaType === null) {
    const check = await validators.check(schema, 'text');
    return faultsAt(at, check(value));
  }
  if (!/^application\/(?:[^;]*\+)?json/.test(mediaType)) return NO_FAULTS;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text ?? '');
  } catch {
    return oneFault({ ...at, pointer: '', expected: 'JSON' });
  }
  const check = await validators.check(schema, 'json');
  return faultsAt(at, check(parsed));
}

type Styled = ReturnType<typeof readFromPairs>;

function styled(parameter: ParameterRecord, shape: ValueShape, source: ReadSource): Styled {
  const { in: place, name } = parameter;
  if (place === 'query') return readFromPairs(name, parameter, shape, source.pairs);
  const text = textOf(parameter, source);
  return text === undefined ? undefined : readFromText(name, text, parameter, shape);
}

/** Gives a parameter's text where it is one, decoded. */
function textOf({ in: place, name }: ParameterRecord, source: ReadSource): string | undefined {
  switch (place) {
    case 'path':
      return source.path.get(name);
    case 'header':
      return source.headers.get(name.toLowerCase());
    case 'cookie':
      return source.cookies.find((pair) => pair.name === name)?.raw;
    case 'querystring':
      return source.query === '' ? undefined : decodeForm(source.query);
    case 'query': {
      const raw = source.pairs.find((pair) => pair.name === name)?.raw;
      return raw === undefined ? undefined : decodeForm(raw);
    }
  }
}
