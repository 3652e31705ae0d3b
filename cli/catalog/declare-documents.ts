import { join } from 'node:path';
import { loadDescription } from '../../compiler/3-resolve/load-description.ts';
import type { CatalogFile } from './catalog-file.ts';
import type { Collected } from './collect-documents.ts';
import type { KeptSource } from './origin.ts';
import { catalogsOf } from './read-versions.ts';
import { placesOf, writeDocuments } from './write-documents.ts';

/** Documents of one description, and where they go. */
export interface Declaring {
  readonly dir: string;
  readonly catalog: string;
  readonly version: string;
  readonly description: string;
  readonly collected: Collected;
  readonly kept: KeptSource | null;
}

/** What was written, for people. */
export interface Declared {
  readonly line: string;
  readonly notes: readonly string[];
}

/**
 * Writes documents beside a catalog.yaml and declares them in it, with the digest that the compiler will find:
 * over every file that it reads. The catalog.yaml itself is left to be written. Throws a UsageError.
 */
export async function declareDocuments(file: CatalogFile, declaring: Declaring): Promise<Declared> {
  const { dir, catalog, version, description, collected, kept } = declaring;
  const folder = join(dir, 'catalogs', catalog);
  const placeOf = placesOf(version, description, collected);
  writeDocuments(folder, placeOf, collected);
  const document = placeOf(collected.root);
  const source = kept === null ? null : { ...kept, ...('url' in kept ? collected.marks : null) };
  const { sha256, operations, faults } = await readWritten(dir, catalog, document);
  file.setDescription(version, description, { document, sha256, source });
  const files = collected.files.size === 1 ? '' : `${collected.files.size} files, `;
  const count = operations === null ? '' : `, ${operations} operation${operations === 1 ? '' : 's'}`;
  return {
    line: `wrote ${join(folder, document)} (${files}${sizeOf(collected)}${count})`,
    notes: [
      ...collected.notes,
      ...(faults === 0
        ? []
        : [
            `the document has ${faults} fault${faults === 1 ? '' : 's'}: gw check shows them once a connection uses it`,
          ]),
    ],
  };
}

interface Written {
  readonly sha256: string;
  readonly operations: number | null;
  readonly faults: number;
}

async function readWritten(dir: string, catalog: string, document: string): Promise<Written> {
  const folder = catalogsOf(dir).find(({ name }) => name === catalog);
  const loaded = folder === undefined ? null : await loadDescription(folder, document, null);
  if (loaded === null || 'fault' in loaded) throw new Error(`${document} was written and cannot be read`);
  const { sha256, description, diagnostics } = loaded;
  const faults = diagnostics.filter(({ severity }) => severity === 'error').length;
  return { sha256, operations: description?.operations.length ?? null, faults };
}

function sizeOf({ files }: Collected): string {
  const bytes = [...files.values()].reduce((sum, one) => sum + one.length, 0);
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
