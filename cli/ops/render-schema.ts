import { isMapping } from '../../table/rules/is-mapping.ts';
import type { NormalSchema, SchemaNumber } from '../../table/operations.ts';
import { constraintsOf, typeOf } from './constraints.ts';
import { numberOf } from '../../runtime/operations/map-schema.ts';
import { oneLine } from './one-line.ts';

/** What is known while schemas are shown one after the other. */
export interface SchemaShower {
  readonly schema: (number: SchemaNumber) => NormalSchema;
  /** Levels of parts that are shown. */
  readonly depthMax: number;
  /** Numbers that were shown in full: a second time, and where a schema holds itself, the number stands alone. */
  readonly shown: Set<SchemaNumber>;
}

/** What is shown of a schema: its own line, and the lines of its parts. */
export interface Shown {
  readonly head: string;
  readonly parts: readonly string[];
}

type Keywords = Readonly<Record<string, unknown>>;

/** Gives a schema of a description by its number; cycles end in the number of what is shown above. */
export function showSchema(shower: SchemaShower, number: SchemaNumber): Shown {
  return showReference(shower, number, 0);
}

function showReference(shower: SchemaShower, number: SchemaNumber, depth: number): Shown {
  const schema = shower.schema(number);
  if (!hasParts(schema)) return show(shower, schema, depth);
  const title = titleOf(schema);
  const name = title === '' ? `#${number}` : `#${number} ${title}`;
  if (shower.shown.has(number)) return { head: `${name}, as above`, parts: [] };
  if (depth >= shower.depthMax) return { head: `${headOf(schema)} ${name} …`, parts: [] };
  shower.shown.add(number);
  const { head, parts } = show(shower, schema, depth);
  return { head: `${head} ${name}`, parts };
}

/** Shows any value that stands where a schema may. */
function show(shower: SchemaShower, schema: unknown, depth: number): Shown {
  if (schema === true || schema === undefined) return { head: 'any', parts: [] };
  if (!isMapping(schema)) return { head: schema === false ? 'nothing' : 'any', parts: [] };
  const reference = numberOf(schema['$ref']);
  if (reference === null) return showKeywords(shower, schema, depth);
  const { head, parts } = showReference(shower, reference, depth);
  return { head: head + constraintsOf(schema), parts };
}

function showKeywords(shower: SchemaShower, schema: Keywords, depth: number): Shown {
  const items = schema['items'];
  if (isMapping(items) && schema['properties'] === undefined) {
    const { head, parts } = show(shower, items, depth);
    const nullable = Array.isArray(schema['type']) && schema['type'].includes('null') ? ' | null' : '';
    return { head: `array of ${head}${nullable}${constraintsOf(schema)}`, parts };
  }
  const head = headOf(schema);
  if (!hasParts(schema)) return { head, parts: [] };
  if (depth >= shower.depthMax) return { head: `${head} …`, parts: [] };
  return { head, parts: [...showProperties(shower, schema, depth), ...showChoices(shower, schema, depth)] };
}

function showProperties(shower: SchemaShower, schema: Keywords, depth: number): string[] {
  const required = new Set<unknown>(Array.isArray(schema['required']) ? schema['required'] : []);
  const lines: string[] = [];
  const properties = schema['properties'];
  for (const [name, property] of isMapping(properties) ? Object.entries(properties) : []) {
    const mark = required.has(name) ? '*' : '';
    lines.push(...labelled(`${oneLine(name)}${mark}: `, show(shower, property, depth + 1)));
  }
  const others = schema['additionalProperties'];
  if (others === false) lines.push('(no other properties)');
  else if (isMapping(others)) lines.push(...labelled('(others): ', show(shower, others, depth + 1)));
  return lines;
}

const CHOICES: Readonly<Record<string, string>> = { allOf: 'all of', anyOf: 'any of', oneOf: 'one of' };

function showChoices(shower: SchemaShower, schema: Keywords, depth: number): string[] {
  const lines: string[] = [];
  for (const [keyword, words] of Object.entries(CHOICES)) {
    const branches = schema[keyword];
    if (!Array.isArray(branches)) continue;
    lines.push(`${words}:`);
    for (const branch of branches) {
      lines.push(...labelled('- ', show(shower, branch, depth + 1)).map((line) => `  ${line}`));
    }
  }
  if (schema['not'] !== undefined) lines.push(...labelled('not: ', show(shower, schema['not'], depth + 1)));
  return lines;
}

function labelled(label: string, { head, parts }: Shown): string[] {
  return [label + head, ...parts.map((line) => `  ${line}`)];
}

function headOf(schema: NormalSchema): string {
  return isMapping(schema) ? typeOf(schema) + constraintsOf(schema) : 'any';
}

function hasParts(schema: NormalSchema): boolean {
  if (!isMapping(schema)) return false;
  if (schema['$ref'] !== undefined) return true;
  const properties = schema['properties'];
  if (isMapping(properties) && Object.keys(properties).length > 0) return true;
  if (isMapping(schema['additionalProperties']) || isMapping(schema['items'])) return true;
  return (
    schema['not'] !== undefined || Object.keys(CHOICES).some((keyword) => Array.isArray(schema[keyword]))
  );
}

function titleOf(schema: NormalSchema): string {
  const title = isMapping(schema) ? schema['title'] : undefined;
  return typeof title === 'string' ? oneLine(title, 60) : '';
}
