import type { MediaTypeRecord, OperationRecord, SchemaNumber } from '../../table/operations.ts';
import { SCHEMA_PARTS } from './tool-definitions.ts';

/** Which part of an operation is named, null for all, and how many of each kind. */
export interface NamesAsked {
  readonly part: (typeof SCHEMA_PARTS)[number] | null;
  readonly count: number;
}

/**
 * Gives the names of an operation's parameters and media types: what is left of one with thousands. Where one part
 * was asked for, with the numbers of their schemas, each of which can be asked for alone.
 */
export function namesOf(record: OperationRecord, { part, count }: NamesAsked): Record<string, unknown> {
  const { parameters, request_body, responses } = record;
  const has = (one: NamesAsked['part']): boolean => part === null || part === one;
  const numbered = ({ schema }: { readonly schema: SchemaNumber | null }): object =>
    part === null || schema === null ? {} : { schema: { $ref: `#/schemas/${schema}` } };
  const content = (types: readonly MediaTypeRecord[]): object[] =>
    types.slice(0, count).map((one) => ({ media_type: one.media_type, ...numbered(one) }));
  return {
    ...(has('parameters')
      ? {
          parameters: parameters.slice(0, count).map((one) => {
            const { name, in: place, required } = one;
            return { name, in: place, required, ...numbered(one) };
          }),
        }
      : {}),
    ...(has('request_body') && request_body !== null
      ? { request_body: { required: request_body.required, content: content(request_body.content) } }
      : {}),
    ...(has('responses')
      ? {
          responses: responses
            .slice(0, count)
            .map((one) => ({ status: one.status, content: content(one.content) })),
        }
      : {}),
    cut: [...leftOut(record, { part, count }), ...behindNames(record, part)],
  };
}

function behindNames(record: OperationRecord, part: NamesAsked['part']): string[] {
  if (part !== null) return ['all but names: ask for a schema with schema, by number'];
  return SCHEMA_PARTS.filter((one) => countOf(record, one) > 0).map(
    (one) => `all but names: ask with part "${one}"`,
  );
}

/** Tells of each part whose names do not all stand there. */
function leftOut(record: OperationRecord, { part, count }: NamesAsked): string[] {
  return SCHEMA_PARTS.filter((one) => (part ?? one) === one && countOf(record, one) > count).map(
    (one) => `${one}: the first ${count} of ${countOf(record, one)} are named`,
  );
}

function countOf(
  { parameters, request_body, responses }: OperationRecord,
  part: (typeof SCHEMA_PARTS)[number],
): number {
  if (part === 'parameters') return parameters.length;
  return part === 'responses' ? responses.length : (request_body?.content.length ?? 0);
}
