import type { OperationRecord, SchemaNumber } from '../../table/operations.ts';
import { findOperation } from '../operations/find-operation.ts';
import type { FoundOperation } from '../operations/find-operation.ts';
import { apiPath } from '../operations/operation-set.ts';
import type { OperationSet, Place } from '../operations/operation-set.ts';
import { Problem } from '../problem.ts';
import { fitOperation, fitSchema } from './fit-operation.ts';
import { ownParameters } from './operation-view.ts';
import { referencesOf } from './schema-writer.ts';
import { ToolFault } from './tool-answer.ts';
import type { ToolAnswer } from './tool-answer.ts';
import { SCHEMA_PARTS } from './tool-definitions.ts';
import {
  listed,
  numberArgument,
  setsOfConnection,
  setsOfSpec,
  shownName,
  textArgument,
} from './tool-call.ts';
import type { ToolArguments, ToolCall } from './tool-call.ts';

/**
 * Gives what one operation takes and answers, within a size that a model can read. An operation that the caller's
 * personas deny is unknown, and so is a schema that none of its own operations leads to.
 */
export async function endpointSchema(call: ToolCall, given: ToolArguments): Promise<ToolAnswer> {
  const connection = textArgument(given, 'connection') ?? '';
  const sets = await setsOfConnection(call, connection, textArgument(given, 'grant'));
  if (sets instanceof ToolFault || sets instanceof Problem) return sets;
  const chosen = setsOfSpec(sets, textArgument(given, 'spec'));
  if (chosen instanceof ToolFault) return chosen;
  const named = textArgument(given, 'operation_id') ?? '';
  const found = findOperation(chosen, named);
  if (found.kind !== 'one') return notOne(named, found);
  return viewOf(call, found.place, given);
}

/** Gives why a name is not that of one operation, with those that it could be. */
function notOne(named: string, found: Exclude<FoundOperation, { kind: 'one' }>): ToolFault {
  if (found.kind === 'none') {
    return new ToolFault(
      new Problem(
        'operation_unknown',
        `no operation that you may use has the id ${shownName(named)}${listed(found.nearest)}`,
      ),
      { nearest: found.nearest },
    );
  }
  return new ToolFault(
    new Problem(
      'request_invalid',
      `${shownName(named)} is the id of several operations: name one with spec, or as "METHOD path"`,
    ),
    { candidates: found.places.map(candidate) },
  );
}

function candidate({ set, index }: Place): object {
  return { spec: set.description, method: set.list.methods[index], path: apiPath({ set, index }) };
}

function viewOf({ snapshot, exchange }: ToolCall, place: Place, given: ToolArguments): ToolAnswer {
  const { set } = place;
  const route = snapshot.routes.get(set.connection);
  const whole = set.record(place.index);
  const record: OperationRecord =
    route === undefined ? whole : { ...whole, parameters: ownParameters(whole, route.connection) };
  exchange.operation = record.id;
  exchange.template = apiPath(place);
  const head = {
    connection: set.connection,
    spec: set.description,
    operation_id: record.id,
    method: record.method,
    path: apiPath(place),
  };
  const number = numberArgument(given, 'schema');
  if (number !== null) {
    if (!reaches(set, record, number)) return unknownSchema(record, number);
    return fitSchema(head, number, set);
  }
  const part = SCHEMA_PARTS.find((one) => one === textArgument(given, 'part'));
  return fitOperation(head, record, { set, part: part ?? null });
}

/** Tells whether an operation leads to a schema of its description: others are not for who may use this one. */
function reaches(set: OperationSet, record: OperationRecord, sought: SchemaNumber): boolean {
  const shown = [
    ...record.parameters,
    ...(record.request_body?.content ?? []),
    ...record.responses.flatMap(({ headers, content }) => [...headers, ...content]),
  ];
  const open = [...new Set(shown.flatMap(({ schema }) => schema ?? []))];
  const seen = new Set(open);
  for (const number of open) {
    if (number === sought) return true;
    for (const next of referencesOf(set.schema(number))) {
      if (!seen.has(next)) open.push(next);
      seen.add(next);
    }
  }
  return false;
}

function unknownSchema({ id }: OperationRecord, number: SchemaNumber): Problem {
  return new Problem('request_invalid', `${shownName(id)} has no schema ${number}`);
}
