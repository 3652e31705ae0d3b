import { digestOf } from '../../table/encode.ts';
import type { BytesRead, CatalogFolder, TextRead, Workspace } from './workspace.ts';

/** What was read when a catalog was asked for it: catalog.yaml (null) or a document, and its digest or why it was not read. */
export type NotedRead = readonly [catalog: string, document: string | null, found: string];

/** A workspace, and what it was asked for since. */
export interface NotedWorkspace {
  readonly workspace: Workspace;
  readonly reads: readonly NotedRead[];
}

/** Gives a workspace whose catalogs note what is read of them. */
export function noteReads(workspace: Workspace): NotedWorkspace {
  const reads: NotedRead[] = [];
  const noting = (catalog: CatalogFolder): CatalogFolder => ({
    ...catalog,
    readCatalog: () => {
      const read = catalog.readCatalog();
      reads.push([catalog.path, null, foundText(read)]);
      return read;
    },
    readDocument: (document) => {
      const read = catalog.readDocument(document);
      reads.push([catalog.path, document, foundBytes(read)]);
      return read;
    },
  });
  return { workspace: { ...workspace, catalogs: workspace.catalogs.map(noting) }, reads };
}

/**
 * Reads again what was noted. Gives the texts of catalog.yaml by the paths of their catalogs, or null as soon
 * as something is not as it was.
 */
export function readAsNoted(
  { catalogs }: Workspace,
  reads: readonly NotedRead[],
): ReadonlyMap<string, string> | null {
  const byPath = new Map(catalogs.map((catalog) => [catalog.path, catalog]));
  const texts = new Map<string, string>();
  for (const [path, document, found] of reads) {
    const catalog = byPath.get(path);
    if (catalog === undefined) return null;
    if (document === null) {
      const read = catalog.readCatalog();
      if (foundText(read) !== found) return null;
      if ('text' in read) texts.set(path, read.text);
    } else if (foundBytes(catalog.readDocument(document)) !== found) return null;
  }
  return texts;
}

function foundText(read: TextRead): string {
  return 'fault' in read ? read.fault : digestOf(Buffer.from(read.text));
}

function foundBytes(read: BytesRead): string {
  return 'fault' in read ? read.fault : digestOf(read.bytes);
}
