import { isMapping } from '../../../table/rules/is-mapping.ts';
import type { MediaTypeRecord, ResponseRecord } from '../../../table/operations.ts';
import { isModern } from './dialect.ts';
import { readExamples } from './read-examples.ts';
import { readEncoding } from './read-style.ts';
import { followed } from './reader.ts';
import type { Reader } from './reader.ts';
import type { SchemaHolder, SchemaUse } from './schema-pool.ts';
import { memberOf, own, textOr } from './trail.ts';
import type { Placed } from './trail.ts';

/** Gives the media types of a `content` of OpenAPI 3, in its order. */
export function readContent(reader: Reader, content: Placed, use: SchemaUse): MediaTypeRecord[] {
  if (!isMapping(content.value)) return [];
  return Object.keys(content.value).flatMap((name) => {
    // 3.2 lets a media type stand in `components`.
    const placed = followed(reader, memberOf(content, name));
    if (placed === null || !isMapping(placed.value)) return [];
    const record = {
      encoding: readEncoding(own(placed.value, 'encoding')),
      examples: readExamples(reader, placed),
      media_type: name.trim().toLowerCase(),
      schema: null,
    };
    useSchema(reader, record, memberOf(placed, 'schema'), use);
    const items = memberOf(placed, 'itemSchema');
    // Of responses nothing is checked anyway.
    if (reader.dialect === '3.2' && items.value !== undefined && use === 'request')
      reader.dropped.add('item_schema', items.at, 'here');
    return [record];
  });
}

/** Has the number of a schema, where there is one, written into a record. */
export function useSchema(reader: Reader, holder: SchemaHolder, placed: Placed, use: SchemaUse): void {
  const { value } = placed;
  if (value === undefined) return;
  const isBare =
    isMapping(value) &&
    typeof value['$ref'] === 'string' &&
    (!isModern(reader.dialect) || Object.keys(value).length === 1);
  const target = isBare ? followed(reader, placed) : placed;
  if (target !== null) reader.schemas.use(holder, reader.schemas.schemaOf(target, use));
}

/** Gives the responses of an operation, 2.0 too: there `produces` tells the media types. */
export function readResponses(
  reader: Reader,
  written: Placed,
  produces: readonly string[],
): ResponseRecord[] {
  if (!isMapping(written.value)) return [];
  return Object.keys(written.value).flatMap((status) => {
    if (!/^(?:[1-5][0-9]{2}|[1-5]xx|default)$/i.test(status)) return [];
    const placed = followed(reader, memberOf(written, status));
    if (placed === null || !isMapping(placed.value)) return [];
    const record: ResponseRecord = {
      content:
        reader.dialect === '2.0'
          ? readResponseContent(reader, placed, produces)
          : readContent(reader, memberOf(placed, 'content'), 'response'),
      description: textOr(own(placed.value, 'description')),
      headers: readHeaders(reader, memberOf(placed, 'headers')),
      status: status === 'default' ? status : status.toUpperCase(),
    };
    return [record];
  });
}

function readResponseContent(
  reader: Reader,
  response: Placed,
  produces: readonly string[],
): MediaTypeRecord[] {
  const schema = memberOf(response, 'schema');
  if (schema.value === undefined) return [];
  const examples = own(response.value, 'examples');
  const types = produces.length === 0 ? ['application/json'] : produces;
  return types.map((media_type) => {
    const example = own(examples, media_type);
    const record = { encoding: {}, examples: [] as unknown[], media_type, schema: null };
    record.examples = readExamples(reader, { value: { example }, at: response.at });
    useSchema(reader, record, schema, 'response');
    return record;
  });
}

function readHeaders(reader: Reader, written: Placed): ResponseRecord['headers'] {
  if (!isMapping(written.value)) return [];
  return Object.keys(written.value).flatMap((name) => {
    const placed = followed(reader, memberOf(written, name));
    if (placed === null || !isMapping(placed.value)) return [];
    const header = { description: textOr(own(placed.value, 'description')), name, schema: null };
    const schema = reader.dialect === '2.0' ? placed : memberOf(placed, 'schema');
    useSchema(reader, header, schema, 'response');
    return [header];
  });
}
