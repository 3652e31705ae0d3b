import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Source } from '../source/source.ts';

/** Everything that is compiled, read from the disk (or made in memory by a test). */
export interface Workspace {
  /** The files of gateway.d in name order. */
  readonly gatewayFiles: readonly Source[];
  /** Folder catalogs first; a folder replaces the built-in catalog of its name as a whole. */
  readonly catalogs: readonly CatalogFolder[];
  /** What reading found. */
  readonly diagnostics: readonly Diagnostic[];
}

/** One catalog's folder. */
export interface CatalogFolder {
  readonly name: string;
  readonly origin: 'folder' | 'built-in';
  /** Path of the folder as shown: `catalogs/stripe`, `builtin:stripe`. */
  readonly path: string;
  /** Reads catalog.yaml; not called for built-in catalogs that nothing uses. */
  readonly readCatalog: () => TextRead;
  /** Reads a document by its path in the folder. */
  readonly readDocument: (path: string) => BytesRead;
}

/** Why something was not read. */
export type ReadFault =
  | 'missing'
  | 'unreadable'
  | 'unreadable_folder'
  | 'too_large'
  | 'leaves_folder'
  | 'not_utf8';

export type TextRead = { readonly text: string } | { readonly fault: ReadFault };
export type BytesRead = { readonly bytes: Uint8Array } | { readonly fault: ReadFault };
