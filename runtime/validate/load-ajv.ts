import { createRequire } from 'node:module';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { compileInSteps } from '../../table/validators/compile-schema.ts';
import type { openAjv } from '../../table/validators/open-ajv.ts';

/** What makes validators. */
export interface LoadedAjv {
  readonly openAjv: typeof openAjv;
  readonly compileInSteps: typeof compileInSteps;
}

/** Modules of Ajv in an order in which each brings few others: all of them at once are 50 ms of one turn. */
const IN_STEPS = [
  'ajv/dist/runtime/uri.js',
  'ajv/dist/compile/codegen/index.js',
  'ajv/dist/compile/validate/index.js',
  'ajv/dist/core.js',
  'ajv/dist/vocabularies/validation/index.js',
  'ajv/dist/vocabularies/applicator/index.js',
  'ajv/dist/vocabularies/draft2020.js',
  'ajv/dist/2020.js',
  'ajv-formats/dist/formats.js',
  'ajv-formats',
];

let loading: Promise<LoadedAjv> | null = null;

/** Loads what makes validators, once: a tenth of a second of work, which no start waits for, a step in each turn of the event loop. */
export function loadAjv(): Promise<LoadedAjv> {
  loading ??= load().catch((error: unknown) => {
    // The next request tries again.
    loading = null;
    throw error;
  });
  return loading;
}

async function load(): Promise<LoadedAjv> {
  const require = createRequire(import.meta.url);
  for (const name of IN_STEPS) {
    require(name);
    await nextTurn();
  }
  const { linearPattern } = await import('../../table/validators/linear-pattern.ts');
  await nextTurn();
  // Its engine reads its tables with the first pattern: ten times what another one takes.
  linearPattern('a');
  await nextTurn();
  const opened = await import('../../table/validators/open-ajv.ts');
  await nextTurn();
  const compiled = await import('../../table/validators/compile-schema.ts');
  return { openAjv: opened.openAjv, compileInSteps: compiled.compileInSteps };
}
