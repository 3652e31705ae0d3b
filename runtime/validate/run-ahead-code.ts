import { createRequire } from 'node:module';
import type { SchemaNumber } from '../../table/operations.ts';
import { areUnique } from '../../table/validators/are-unique.ts';
import { UNIQUE_MODULE } from '../../table/validators/bounded-keywords.ts';
import { PATTERN_MODULE, patternOf } from '../../table/validators/open-ajv.ts';
import type { MadeValidator } from '../../table/validators/open-ajv.ts';

const require = createRequire(import.meta.url);

/** What a validator's text may ask for, and nothing else. */
const MODULES: ReadonlySet<string> = new Set([
  'ajv-formats/dist/formats',
  'ajv/dist/runtime/equal',
  'ajv/dist/runtime/ucs2length',
  'ajv/dist/runtime/uri',
  'ajv/dist/runtime/validation_error',
]);

/** What the text of a validator exports (`AheadValidator`). */
interface AheadModule {
  readonly validate: MadeValidator;
  readonly needs: readonly SchemaNumber[];
  readonly link: (of: (number: SchemaNumber) => MadeValidator | undefined) => void;
}

/**
 * Gives the validator of a schema and adds it to those that are there, with all that it needs and is not there: one
 * text is run in each step, and nothing is added before all of them are. `textOf` gives the text of a number.
 */
export function* runAhead(
  number: SchemaNumber,
  known: Map<SchemaNumber, MadeValidator>,
  textOf: (number: SchemaNumber) => string,
): Generator<void, MadeValidator | undefined> {
  const modules = new Map<SchemaNumber, AheadModule>();
  // A set is gone through in the order in which it is added to, and to what is added meanwhile.
  const needed = new Set([number]);
  for (const one of needed) {
    if (known.has(one)) continue;
    const module = runText(textOf(one));
    modules.set(one, module);
    for (const other of module.needs) needed.add(other);
    yield;
  }
  for (const { link } of modules.values()) link((other) => known.get(other) ?? modules.get(other)?.validate);
  for (const [one, { validate }] of modules) known.set(one, validate);
  return known.get(number);
}

/**
 * Runs the text of a validator. This is the one place where text becomes code: the text comes from blocks of the
 * operation records whose hashes the verified table holds, was made when compiling from a description's schemas alone,
 * and is not run under `--no-codegen`.
 */
function runText(text: string): AheadModule {
  const exported: Partial<AheadModule> = {};
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- said above
  const run = new Function('exports', 'require', text) as (
    exports: Partial<AheadModule>,
    require: (name: string) => unknown,
  ) => void;
  run(exported, askedFor);
  const { validate, needs, link } = exported;
  if (validate === undefined || needs === undefined || link === undefined)
    throw new Error('the text of a validator that was made ahead is not one');
  return { validate, needs, link };
}

function askedFor(name: string): unknown {
  if (name === PATTERN_MODULE) return { patternOf };
  if (name === UNIQUE_MODULE) return { areUnique };
  if (!MODULES.has(name)) throw new Error(`a validator asks for ${name}`);
  return require(name);
}
