import { _, Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { addBoundedKeywords } from './bounded-keywords.ts';
import { linearPattern } from './linear-pattern.ts';
import type { LinearPattern } from './linear-pattern.ts';
import type { ValidatorMode } from './request-schema.ts';

export type { Ajv2020, ErrorObject };

/** A validator as Ajv makes it, or as it was made ahead. `errors` is of the last call. */
export interface MadeValidator {
  (value: unknown): boolean;
  errors?: ErrorObject[] | null;
}

/** Formats that are checked; unknown ones are not. `regex` would build a regular expression from what a caller sends. */
const FORMATS = [
  'date',
  'time',
  'date-time',
  'duration',
  'uri',
  'uri-reference',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
  'json-pointer',
  'byte',
  'int32',
  'int64',
  'float',
  'double',
] as const;

/** What a text of a validator made ahead asks for in place of a package: the linear-time engine. */
export const PATTERN_MODULE = 'gw:linear-pattern';

/** How an Ajv is used. `ahead`: for the text of its validators, not to run them. */
export interface AjvUse {
  readonly mode: ValidatorMode;
  readonly ahead: boolean;
}

/**
 * Gives an Ajv for schemas that `requestSchema` read. Schemas were checked by then, so it checks them not
 * again; patterns run on the linear-time engine; own properties alone count, so that `constructor` is a
 * name like any other.
 */
export function openAjv({ mode, ahead }: AjvUse): Ajv2020 {
  const regExp = Object.assign(patternOf, { code: `require("${PATTERN_MODULE}").patternOf` });
  const ajv = new Ajv2020({
    strict: false,
    strictTypes: false,
    validateSchema: false,
    meta: false,
    discriminator: false,
    allErrors: true,
    messages: false,
    logger: false,
    addUsedSchema: false,
    inlineRefs: false,
    ownProperties: true,
    coerceTypes: mode === 'text' ? 'array' : false,
    code: { optimize: false, source: ahead, regExp },
  });
  addBoundedKeywords(ajv);
  // Imported as CommonJS, the function stands under `default` once more for some readers.
  formats.default(ajv, { mode: 'fast', formats: [...FORMATS], keywords: false });
  // Their module in a text that was made ahead is asked for by this name.
  ajv.opts.code.formats = _`require("ajv-formats/dist/formats").fastFormats`;
  return ajv;
}

/** Gives a pattern for Ajv. `requestSchema` leaves out those that cannot be run. */
export function patternOf(pattern: string): LinearPattern {
  const made = linearPattern(pattern);
  if (made === null) throw new Error('a pattern that cannot be run was not left out');
  return made;
}
