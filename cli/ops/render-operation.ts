import { usuallyExplodes, usualStyle } from '../../table/rules/usual-style.ts';
import type {
  MediaTypeRecord,
  NormalSchema,
  OperationRecord,
  ParameterRecord,
  ResponseRecord,
  SchemaNumber,
} from '../../table/operations.ts';
import { mapSchema } from '../../runtime/operations/map-schema.ts';
import { oneLine } from './one-line.ts';
import { callerPath } from '../../runtime/operations/operation-set.ts';
import type { Place } from '../../runtime/operations/operation-set.ts';
import { showSchema } from './render-schema.ts';
import type { SchemaShower, Shown } from './render-schema.ts';

/** Gives one operation as text: parameters, request body and responses, with the shapes of their schemas. */
export function renderOperation(place: Place, depthMax: number): string {
  const { set, index } = place;
  const record = set.record(index);
  const shower: SchemaShower = { schema: set.schema, depthMax, shown: new Set() };
  const lines = [
    `${record.method} ${callerPath(place)}`,
    `${oneLine(record.id)} (${set.catalog}, description ${set.description})`,
    ...[record.summary, record.description].flatMap((text) => said(text, 400)),
    ...(record.deprecated ? ['Deprecated.'] : []),
    ...(record.tags.length === 0 ? [] : [`Tags: ${record.tags.map((tag) => oneLine(tag)).join(', ')}`]),
    '',
    ...parameterLines(shower, record.parameters),
    ...bodyLines(shower, record),
    ...record.responses.flatMap((response) => responseLines(shower, response)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function said(text: string | null, charactersMax: number): string[] {
  const line = oneLine(text ?? '', charactersMax);
  return line === '' ? [] : [line];
}

function parameterLines(shower: SchemaShower, parameters: readonly ParameterRecord[]): string[] {
  if (parameters.length === 0) return ['No parameters', ''];
  const lines = parameters.flatMap((parameter) => {
    const shape = shapeOf(shower, parameter.schema);
    const marks = [
      parameter.media_type,
      styleOf(parameter),
      parameter.allow_reserved ? 'reserved characters as they are' : '',
      parameter.deprecated ? 'deprecated' : '',
    ].filter((mark) => mark !== null && mark !== '');
    const head = `${parameter.in} ${oneLine(parameter.name)}${parameter.required ? '*' : ''}: ${shape.head}`;
    return [
      `  ${head}${marks.map((mark) => `; ${mark}`).join('')}`,
      ...said(parameter.description, 160).map((line) => `      ${line}`),
      ...shape.parts.map((line) => `      ${line}`),
    ];
  });
  return ['Parameters (* required)', ...lines, ''];
}

/** The style of a parameter where it is not the usual one of its place (OpenAPI 3.1, 4.8.12). */
function styleOf({ in: place, style, explode }: ParameterRecord): string {
  if (style !== usualStyle(place)) return `style ${style}`;
  return explode === usuallyExplodes(style) ? '' : explode ? 'exploded' : 'not exploded';
}

function bodyLines(shower: SchemaShower, { request_body: body }: OperationRecord): string[] {
  if (body === null) return [];
  return [
    `Request body${body.required ? ' (required)' : ''}`,
    ...said(body.description, 160).map((line) => `  ${line}`),
    ...body.content.flatMap((content) => contentLines(shower, content)),
    '',
  ];
}

function responseLines(shower: SchemaShower, response: ResponseRecord): string[] {
  return [
    `Response ${oneLine(response.status)}${said(response.description, 160)
      .map((line) => `: ${line}`)
      .join('')}`,
    ...response.headers.map(
      ({ name, schema }) => `  header ${oneLine(name)}: ${shapeOf(shower, schema).head}`,
    ),
    ...response.content.flatMap((content) => contentLines(shower, content)),
    '',
  ];
}

function contentLines(shower: SchemaShower, { media_type, schema }: MediaTypeRecord): string[] {
  const { head, parts } = shapeOf(shower, schema);
  return [`  ${oneLine(media_type)}: ${head}`, ...parts.map((line) => `    ${line}`)];
}

function shapeOf(shower: SchemaShower, schema: SchemaNumber | null): Shown {
  return schema === null ? { head: 'any', parts: [] } : showSchema(shower, schema);
}

/** Gives one operation as a JSON document, with every schema that it reaches by number. */
export function renderOperationJson(place: Place): string {
  const { set, index } = place;
  const operation = set.record(index);
  const schemas: Record<string, unknown> = {};
  const open: SchemaNumber[] = [];
  collect(operation, open);
  for (let number = open.pop(); number !== undefined; number = open.pop()) {
    if (Object.hasOwn(schemas, number)) continue;
    const schema = set.schema(number);
    schemas[number] = schema;
    collectReferences(schema, open);
  }
  const { connection, catalog, description } = set;
  const document = { connection, catalog, description, caller_path: callerPath(place), operation, schemas };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function collect(operation: OperationRecord, into: SchemaNumber[]): void {
  const contents = [
    ...(operation.request_body?.content ?? []),
    ...operation.responses.flatMap((response) => [...response.content, ...response.headers]),
    ...operation.parameters,
  ];
  for (const { schema } of contents) if (schema !== null) into.push(schema);
}

function collectReferences(schema: NormalSchema, into: SchemaNumber[]): void {
  mapSchema(schema, {
    reference: (number) => {
      into.push(number);
      return number;
    },
  });
}
