import { credentialPlace } from '../../table/rules/credential-place.ts';
import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import { usuallyExplodes, usualStyle } from '../../table/rules/usual-style.ts';
import type {
  MediaTypeRecord,
  OperationRecord,
  ParameterRecord,
  SchemaNumber,
} from '../../table/operations.ts';
import type { Connection } from '../../table/types.ts';

/** How much of an operation is shown. */
export interface Detail {
  readonly parts: ReadonlySet<'parameters' | 'request_body' | 'responses'>;
  /** Whether responses have their schemas, or their statuses alone. */
  readonly responseSchemas: boolean;
  readonly examples: boolean;
  /** Characters of a description. */
  readonly descriptionMax: number;
  /** Characters of JSON that all schemas together may have. */
  readonly schemasMax: number;
}

/** Gives the parameters that are a caller's to send: those that the connection itself sets are left out. */
export function ownParameters(
  { parameters }: OperationRecord,
  { headers, query, credential }: Pick<Connection, 'headers' | 'query' | 'credential'>,
): readonly ParameterRecord[] {
  const key = credentialPlace(credential);
  const pairs = new Set(query.map(({ name }) => name));
  if (key?.in === 'query') pairs.add(key.name);
  return parameters.filter(({ name, in: place }) => {
    if (place === 'header') return !headers.owned.includes(foldHeaderName(name));
    return place !== 'query' || !pairs.has(name);
  });
}

/** Gives the numbers of the schemas that are shown of an operation, as often as they are. */
export function rootsOf(record: OperationRecord, { parts, responseSchemas }: Detail): SchemaNumber[] {
  const shown = [
    ...(parts.has('parameters') ? record.parameters : []),
    ...(parts.has('request_body') ? (record.request_body?.content ?? []) : []),
    ...(parts.has('responses') && responseSchemas
      ? record.responses.flatMap(({ headers, content }) => [...headers, ...content])
      : []),
  ];
  return shown.flatMap(({ schema }) => schema ?? []);
}

/** Gives the shown parts of an operation as JSON; `write` gives the schema of a number. */
export function partsOf(
  record: OperationRecord,
  detail: Detail,
  write: (number: SchemaNumber) => unknown,
): Record<string, unknown> {
  const { parts } = detail;
  const body = record.request_body;
  const shows = { ...detail, write };
  return {
    ...(parts.has('parameters')
      ? { parameters: record.parameters.map((one) => parameterView(one, shows)) }
      : {}),
    ...(parts.has('request_body') && body !== null
      ? {
          request_body: {
            required: body.required,
            ...described(body.description, detail),
            content: body.content.map((one) => contentView(one, shows)),
          },
        }
      : {}),
    ...(parts.has('responses') ? { responses: record.responses.map((one) => responseView(one, shows)) } : {}),
  };
}

interface Shows extends Detail {
  readonly write: (number: SchemaNumber) => unknown;
}

/** Gives a description as a member, no longer than is shown; nothing where there is none. */
export function described(
  text: string | null,
  { descriptionMax }: Pick<Detail, 'descriptionMax'>,
): { description?: string } {
  if (text === null || text === '' || descriptionMax === 0) return {};
  const short = text.length <= descriptionMax ? text : `${text.slice(0, descriptionMax).trimEnd()}…`;
  return { description: short };
}

function parameterView(parameter: ParameterRecord, shows: Shows): object {
  const { name, in: place, required, schema, media_type, deprecated } = parameter;
  return {
    name,
    in: place,
    required,
    ...described(parameter.description, shows),
    ...styleView(parameter),
    ...(media_type === null ? {} : { media_type }),
    ...(deprecated ? { deprecated } : {}),
    ...(schema === null ? {} : { schema: shows.write(schema) }),
    ...examplesView(parameter.examples, shows),
  };
}

/** How a parameter is written, where it is not the usual way of its place (OpenAPI 3.1, 4.8.12). */
function styleView({ in: place, style, explode, allow_reserved, allow_empty }: ParameterRecord): object {
  return {
    ...(style === usualStyle(place) ? {} : { style }),
    ...(explode === usuallyExplodes(style) ? {} : { explode }),
    ...(allow_reserved ? { allow_reserved } : {}),
    ...(allow_empty ? { allow_empty } : {}),
  };
}

function contentView({ media_type, schema, encoding, examples }: MediaTypeRecord, shows: Shows): object {
  return {
    media_type,
    ...(schema === null ? {} : { schema: shows.write(schema) }),
    ...(Object.keys(encoding).length === 0 ? {} : { encoding }),
    ...examplesView(examples, shows),
  };
}

function examplesView(examples: readonly unknown[], shows: Shows): object {
  return shows.examples && examples.length > 0 ? { examples } : {};
}

function responseView(
  { status, description, headers, content }: OperationRecord['responses'][number],
  shows: Shows,
): object {
  if (!shows.responseSchemas) {
    const types = content.map(({ media_type }) => media_type);
    return { status, ...described(description, shows), content_types: types };
  }
  const told = headers.map((header) => ({
    name: header.name,
    ...described(header.description, shows),
    ...(header.schema === null ? {} : { schema: shows.write(header.schema) }),
  }));
  return {
    status,
    ...described(description, shows),
    ...(told.length === 0 ? {} : { headers: told }),
    content: content.map((one) => contentView(one, shows)),
  };
}
