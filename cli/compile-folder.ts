import { join } from 'node:path';
import { compile } from '../compiler/compile.ts';
import type { Compiled, CompileOptions } from '../compiler/compile.ts';
import { readWorkspace } from '../compiler/1-read/read-workspace.ts';
import { packageRoot } from './package-root.ts';

/** Compiles the folder that holds gateway.d/ and catalogs/, with the built-in catalogs of the package. */
export function compileFolder(dir: string, options: CompileOptions): Promise<Compiled> {
  return compile(readWorkspace(dir, join(packageRoot(), 'catalogs')), options);
}
