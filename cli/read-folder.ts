import { join } from 'node:path';
import { readWorkspace } from '../compiler/1-read/read-workspace.ts';
import type { CatalogFolder, Workspace } from '../compiler/1-read/workspace.ts';
import { packageRoot } from './package-root.ts';
import type { Progress } from './progress.ts';

/** Gives the folder that holds gateway.d/ and catalogs/, with the built-in catalogs of the package. Each document that is read is told. */
export function readFolder(dir: string, progress: Progress): Workspace {
  const workspace = readWorkspace(dir, join(packageRoot(), 'catalogs'));
  return { ...workspace, catalogs: workspace.catalogs.map((catalog) => telling(catalog, progress)) };
}

function telling(catalog: CatalogFolder, progress: Progress): CatalogFolder {
  const { path, readDocument } = catalog;
  return {
    ...catalog,
    readDocument: (document) => {
      progress.document(`${path}/${document}`);
      return readDocument(document);
    },
  };
}
