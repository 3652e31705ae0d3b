import { createRequire } from 'node:module';
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

/**
 * Gives the validators that a text exports, by the keys of their schemas. This is the one place where text becomes code: the text comes from
 * blocks of the operation records whose hashes the verified table holds, was made when compiling from a
 * description's schemas alone, and is not run under `--no-codegen`.
 */
export function runAheadCode(text: string): ReadonlyMap<string, MadeValidator> {
  const exported: Record<string, MadeValidator> = {};
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- said above
  const run = new Function('exports', 'require', text) as (
    exports: Record<string, MadeValidator>,
    require: (name: string) => unknown,
  ) => void;
  run(exported, askedFor);
  return new Map(Object.entries(exported));
}

function askedFor(name: string): unknown {
  if (name === PATTERN_MODULE) return { patternOf };
  if (name === UNIQUE_MODULE) return { areUnique };
  if (!MODULES.has(name)) throw new Error(`a validator asks for ${name}`);
  return require(name);
}
