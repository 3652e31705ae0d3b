import { join } from 'node:path';
import { compile } from '../compiler/compile.ts';
import type { Compiled, CompileOptions } from '../compiler/compile.ts';
import { readWorkspace } from '../compiler/1-read/read-workspace.ts';
import type { CatalogFolder } from '../compiler/1-read/workspace.ts';
import { packageRoot } from './package-root.ts';
import { terminalProgress } from './progress.ts';
import type { Progress } from './progress.ts';

/** Compiles the folder that holds gateway.d/ and catalogs/, with the built-in catalogs of the package. */
export function compileFolder(dir: string, options: CompileOptions): Promise<Compiled> {
  return compileReporting(dir, options, terminalProgress(process.stderr));
}

async function compileReporting(dir: string, options: CompileOptions, progress: Progress): Promise<Compiled> {
  const workspace = readWorkspace(dir, join(packageRoot(), 'catalogs'));
  const catalogs = workspace.catalogs.map((catalog) => reporting(catalog, progress));
  try {
    return await compile({ ...workspace, catalogs }, options);
  } finally {
    progress.end();
  }
}

/** Gives a catalog that tells of each document when it is read. */
function reporting(catalog: CatalogFolder, progress: Progress): CatalogFolder {
  const { path, readDocument } = catalog;
  return {
    ...catalog,
    readDocument: (document) => {
      progress.document(`${path}/${document}`);
      return readDocument(document);
    },
  };
}
