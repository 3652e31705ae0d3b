import { _, nil, stringify } from 'ajv/dist/2020.js';
import type { Code } from 'ajv/dist/2020.js';
import type { ValueScopeName } from 'ajv/dist/compile/codegen/scope.js';
import type { SchemaNumber } from '../../table/operations.ts';
import { compileSchemas } from '../../table/validators/compile-schema.ts';
import { openAjv } from '../../table/validators/open-ajv.ts';
import type { Ajv2020, MadeValidator } from '../../table/validators/open-ajv.ts';
import type { RequestReading } from '../../table/validators/request-schema.ts';
import { schemaKey } from '../../table/validators/schema-key.ts';

/** The text of a validator: `AheadValidator` says what it is. */
export interface AheadText {
  readonly schema: SchemaNumber;
  readonly code: string;
}

/**
 * Gives the validators of schemas and of all that they refer to as texts, in the order of their numbers. Ajv's own
 * writer of texts gives one with everything in it: a megabyte of it holds up a request, and those of schemas that
 * refer to the same ones are mostly the same.
 */
export function aheadCode(schemas: readonly SchemaNumber[], reading: RequestReading): AheadText[] {
  const ajv = openAjv({ mode: reading.mode, ahead: true });
  const made = compileSchemas(ajv, schemas, reading);
  /** By what a text has of another schema: its validator, or what Ajv has of one that leads back to itself. */
  const numbers = new Map<unknown, SchemaNumber>();
  for (const [number, validate] of made)
    numbers.set(validate, number).set(ajv.schemas[schemaKey(number)], number);
  return [...made]
    .sort(([one], [other]) => one - other)
    .map(([schema, validate]) => ({ schema, code: textOf(ajv, validate, numbers) }));
}

function textOf(ajv: Ajv2020, validate: MadeValidator, numbers: ReadonlyMap<unknown, SchemaNumber>): string {
  const { source } = validate as { readonly source?: Source };
  if (source === undefined) throw new Error('a validator that is made ahead has no text');
  const { validateName, validateCode, scopeValues, evaluated } = source;
  const needs = new Set<SchemaNumber>();
  let links: Code = nil;
  const linked = (name: ValueScopeName): Code => {
    const number = numbers.get(name.value?.ref);
    if (number === undefined) throw new Error('a validator needs what has no text');
    needs.add(number);
    links =
      name.prefix === 'validate'
        ? _`${links}${name} = of(${number});`
        : _`${links}${name} = {validate: of(${number})};`;
    return _`let ${name};`;
  };
  const scope = ajv.scope.scopeCode(usedIn(validateCode, scopeValues), {}, linked);
  const told = evaluated === undefined ? nil : _`${validateName}.evaluated = ${evaluated};`;
  const exported = _`exports.validate = ${validateName};exports.needs = ${stringify([...needs])};exports.link = (of) => {${links}};`;
  return `"use strict";${scope.toString()}${validateCode}${told.toString()}${exported.toString()}`;
}

type Source = NonNullable<NonNullable<ReturnType<Ajv2020['getSchema']>>['source']>;

/** Ajv names a schema in the text of its validator whether anything looks at it or not. */
function usedIn(
  code: string,
  { schema = new Set<ValueScopeName>(), ...others }: Source['scopeValues'],
): Source['scopeValues'] {
  const used = [...schema].filter((name) => code.includes(name.str));
  return { ...others, schema: new Set(used) };
}
