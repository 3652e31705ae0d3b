import type { OperationRecord } from '../../../table/operations.ts';
import { isMapping } from '../../../table/rules/is-mapping.ts';
import { operationId } from '../../../table/rules/operation-id.ts';
import { quote } from '../../diagnostic/quote.ts';
import { readOldBody, readRequestBody } from './read-body.ts';
import { readResponses } from './read-content.ts';
import { mergeParameters, parameterRecords, readParameterList, withoutPlaceless } from './read-parameters.ts';
import type { WrittenParameter } from './read-parameters.ts';
import { followed } from './reader.ts';
import type { Reader } from './reader.ts';
import { isElsewhere } from './server-path.ts';
import { memberOf, own, step, textOr, trailAt } from './trail.ts';
import type { Placed, Trail } from './trail.ts';

/** The methods that a path item may have. TRACE is left out: the gateway never forwards it. */
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
const REFERENCES_MAX = 16;

/** An operation with its place, for faults about it. */
export interface PlacedOperation {
  readonly record: OperationRecord;
  readonly at: Trail;
  /** It has servers of its own, all others than the description's: requests through a connection do not go there. */
  readonly elsewhere: boolean;
}

/** Gives the operations of a description in its order. */
export function readPaths(reader: Reader): PlacedOperation[] {
  const root = { value: reader.root.value, at: trailAt(reader.root, []) };
  const paths = followed(reader, memberOf(root, 'paths'));
  if (paths === null || paths.value === undefined || paths.value === null) return [];
  if (!isMapping(paths.value)) {
    reader.faults.add({ code: 'GW6009', at: paths.at, message: '`paths` is not a mapping' });
    return [];
  }
  return Object.keys(paths.value).flatMap((path) => {
    if (path.startsWith('x-') || path === '$ref') return [];
    if (path.startsWith('/') && !/[?#]/.test(path)) return readPathItem(reader, path, memberOf(paths, path));
    const message = path.startsWith('/')
      ? `the path ${quote(path)} has a query or fragment, which are no part of a path: its operations are left out`
      : `the path ${quote(path)} does not begin with "/"`;
    const severity = path.startsWith('/') ? { severity: 'warning' as const } : {};
    reader.faults.add({ code: 'GW6009', at: step(paths.at, path), message, ...severity });
    return [];
  });
}

/** A path item that is being read. */
interface PathItem {
  readonly path: string;
  /** What is written beside `$ref` first, then what it refers to. */
  readonly layers: readonly Placed[];
  readonly parameters: readonly WrittenParameter[];
}

function readPathItem(reader: Reader, path: string, written: Placed): PlacedOperation[] {
  const layers = layersOf(reader, written);
  if (layers.length === 0) return [];
  const parameters = readParameterList(reader, memberIn(layers, 'parameters'));
  const item: PathItem = { path, layers, parameters };
  const methods = reader.dialect === '3.2' ? [...METHODS, 'query'] : METHODS;
  const operations = methods.flatMap((method) => {
    // OpenAPI has no references to operations, but large descriptions are divided by them.
    const operation = followed(reader, memberIn(layers, method));
    if (operation === null || !isMapping(operation.value)) return [];
    return [readOperation(reader, item, method.toUpperCase(), operation)];
  });
  if (reader.dialect !== '3.2') return operations;
  const more = memberIn(layers, 'additionalOperations');
  for (const method of isMapping(more.value) ? Object.keys(more.value) : []) {
    const operation = followed(reader, memberOf(more, method));
    if (operation === null || !isMapping(operation.value) || !/^[A-Z][A-Z-]*$/.test(method)) continue;
    operations.push(readOperation(reader, item, method, operation));
  }
  return operations;
}

function layersOf(reader: Reader, written: Placed): Placed[] {
  const layers: Placed[] = [];
  let here: Placed | null = written;
  for (let count = 0; here !== null && count < REFERENCES_MAX; count += 1) {
    if (!isMapping(here.value)) return layers;
    layers.push(here);
    if (typeof own(here.value, '$ref') !== 'string') return layers;
    here = followed(reader, here);
  }
  return [];
}

function memberIn(layers: readonly Placed[], key: string): Placed {
  const layer = layers.find((one) => own(one.value, key) !== undefined) ?? layers[0];
  if (layer === undefined) throw new Error('a path item without layers was not left out');
  return memberOf(layer, key);
}

function readOperation(reader: Reader, item: PathItem, method: string, placed: Placed): PlacedOperation {
  const { value } = placed;
  const own_ = readParameterList(reader, memberOf(placed, 'parameters'));
  const parameters = withoutPlaceless(reader, item.path, mergeParameters(item.parameters, own_));
  const tags = own(value, 'tags');
  const summary = textOr(own(value, 'summary')) ?? textOr(memberIn(item.layers, 'summary').value);
  const old = reader.dialect === '2.0';
  // The members of records stand in the order in which they are written (table/canonical-json.ts).
  const record: OperationRecord = {
    deprecated: own(value, 'deprecated') === true,
    description: textOr(own(value, 'description')),
    id: operationId(textOr(own(value, 'operationId')), method, item.path),
    method,
    parameters: parameterRecords(reader, parameters),
    path: item.path,
    request_body: old
      ? readOldBody(reader, parameters, mediaTypes(reader, value, 'consumes'))
      : readRequestBody(reader, placed),
    responses: readResponses(
      reader,
      memberOf(placed, 'responses'),
      old ? mediaTypes(reader, value, 'produces') : [],
    ),
    summary,
    tags: Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [],
  };
  const servers = own(value, 'servers') ?? memberIn(item.layers, 'servers').value;
  return { record, at: placed.at, elsewhere: !old && isElsewhere(reader.root.value, servers) };
}

/** Gives `consumes` or `produces` of 2.0: the operation's own, else the description's. */
function mediaTypes(reader: Reader, operation: unknown, key: string): string[] {
  const types = own(operation, key) ?? own(reader.root.value, key);
  if (!Array.isArray(types)) return [];
  return types.filter((type): type is string => typeof type === 'string').map((type) => type.toLowerCase());
}
