import { isMapping } from '../../../table/rules/is-mapping.ts';
import type { EncodingRecord, MediaTypeRecord, RequestBodyRecord } from '../../../table/operations.ts';
import { quote } from '../../diagnostic/quote.ts';
import { readContent, useSchema } from './read-content.ts';
import { simpleSchema } from './read-parameters.ts';
import type { WrittenParameter } from './read-parameters.ts';
import { readCollectionFormat } from './read-style.ts';
import { followed } from './reader.ts';
import type { Reader } from './reader.ts';
import { memberOf, own, textOr } from './trail.ts';
import type { Placed } from './trail.ts';

const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';

/** Gives the body of an operation of OpenAPI 3, or null. */
export function readRequestBody(reader: Reader, operation: Placed): RequestBodyRecord | null {
  const written = memberOf(operation, 'requestBody');
  if (written.value === undefined || written.value === null) return null;
  const placed = followed(reader, written);
  if (placed === null) return null;
  if (!isMapping(placed.value)) {
    reader.faults.add({ code: 'GW6012', at: placed.at, message: '`requestBody` is not a mapping' });
    return null;
  }
  return {
    content: readContent(reader, memberOf(placed, 'content'), 'request'),
    description: textOr(placed.value['description']),
    required: placed.value['required'] === true,
  };
}

/**
 * Gives the body that the parameters of 2.0 make: `in: body` is one schema, `in: formData` the properties of one.
 * Where there are several (2.0, Parameter Object: at most one), none is right, and none is checked.
 */
export function readOldBody(
  reader: Reader,
  parameters: readonly WrittenParameter[],
  consumes: readonly string[],
): RequestBodyRecord | null {
  const [body, second] = parameters.filter((one) => one.in === 'body');
  const fields = parameters.filter((one) => one.in === 'formData');
  const other = second ?? fields[0];
  if (body !== undefined && other !== undefined) {
    reader.faults.add({
      code: 'GW6012',
      at: other.placed.at,
      message: `the body is ${quote(body.name)}, and ${quote(other.name)} too: none is checked`,
      severity: 'warning',
      notes: [{ message: 'the other body', at: body.placed.at }],
    });
    return null;
  }
  if (body !== undefined) {
    const types = consumes.length === 0 ? ['application/json'] : consumes;
    return {
      required: own(body.placed.value, 'required') === true,
      description: textOr(own(body.placed.value, 'description')),
      content: types.map((media_type): MediaTypeRecord => {
        const record = { encoding: {}, examples: [], media_type, schema: null };
        useSchema(reader, record, memberOf(body.placed, 'schema'), 'request');
        return record;
      }),
    };
  }
  return fields.length === 0 ? null : formBody(reader, fields, consumes);
}

function formBody(
  reader: Reader,
  fields: readonly WrittenParameter[],
  consumes: readonly string[],
): RequestBodyRecord {
  const hasFile = fields.some((one) => own(one.placed.value, 'type') === 'file');
  const declared = consumes.filter((type) => type.startsWith(FORM) || type.startsWith('multipart/'));
  const types = declared.length > 0 ? declared : [hasFile ? MULTIPART : FORM];
  const required = fields.filter((one) => own(one.placed.value, 'required') === true).map((one) => one.name);
  const properties = Object.create(null) as Record<string, unknown>;
  const encoding = Object.create(null) as Record<string, EncodingRecord>;
  for (const { name, placed } of fields) {
    const description = textOr(own(placed.value, 'description'));
    const schema = simpleSchema(placed).value as object;
    properties[name] = description === null ? schema : { ...schema, description };
    encoding[name] = { content_type: null, ...readCollectionFormat(placed.value, 'query') };
  }
  const [first] = fields;
  const schema: Placed = {
    value: { type: 'object', properties, ...(required.length === 0 ? {} : { required }) },
    at: first?.placed.at ?? { document: reader.root, parent: null, key: '', via: null },
  };
  return {
    required: required.length > 0,
    description: null,
    content: types.map((media_type): MediaTypeRecord => {
      const record = { encoding, examples: [], media_type, schema: null };
      useSchema(reader, record, schema, 'request');
      return record;
    }),
  };
}
