import type { compileSchema } from '../../table/validators/compile-schema.ts';
import type { openAjv } from '../../table/validators/open-ajv.ts';

/** What makes validators. */
export interface LoadedAjv {
  readonly openAjv: typeof openAjv;
  readonly compileSchema: typeof compileSchema;
}

/** Loads what makes validators: a tenth of a second of work, which no start waits for. */
export async function loadAjv(): Promise<LoadedAjv> {
  const [opened, compiled] = await Promise.all([
    import('../../table/validators/open-ajv.ts'),
    import('../../table/validators/compile-schema.ts'),
  ]);
  return { openAjv: opened.openAjv, compileSchema: compiled.compileSchema };
}
