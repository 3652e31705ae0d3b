import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { byCodeUnit } from '../../table/rules/by-code-unit.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { RealFolders } from './read-file-inside.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import { Source } from '../source/source.ts';
import { wholeSource } from '../source/span.ts';
import {
  DOCUMENT_MAX_BYTES,
  readFileInside,
  readTextInside,
  WRITTEN_FILE_MAX_BYTES,
} from './read-file-inside.ts';
import { readFault } from './read-fault.ts';
import type { CatalogFolder, Workspace } from './workspace.ts';

/** Most files of gateway.d, and most catalogs. */
const FILES_MAX = 10_000;
const DEPTH_MAX = 32;

/**
 * Gives what is in a folder: gateway.d/**\/*.yaml, and catalogs/*\/catalog.yaml with their documents.
 * Catalogs and documents are read when they are asked for. Nothing outside the folder is opened.
 */
export function readWorkspace(folder: string, builtInCatalogs: string | null): Workspace {
  const diagnostics: Diagnostic[] = [];
  const own = listOwnCatalogs(folder, diagnostics);
  const names = new Set(own.map((catalog) => catalog.name));
  const shipped = builtInCatalogs === null ? [] : listCatalogs(builtInCatalogs, 'built-in', diagnostics);
  return {
    gatewayFiles: readGatewayFiles(folder, diagnostics),
    catalogs: [...own, ...shipped.filter((catalog) => !names.has(catalog.name))],
    diagnostics,
  };
}

function listOwnCatalogs(folder: string, diagnostics: Diagnostic[]): CatalogFolder[] {
  const root = join(folder, 'catalogs');
  if (!isFolder(root) || staysInside(folder, 'catalogs')) return listCatalogs(root, 'folder', diagnostics);
  diagnostics.push(readFault('catalogs', 'leaves_folder'));
  return [];
}

function readGatewayFiles(folder: string, diagnostics: Diagnostic[]): Source[] {
  const root = join(folder, 'gateway.d');
  if (!isFolder(root)) {
    diagnostics.push(
      diagnostic('GW1001', wholeSource(new Source('gateway.d', null)), {
        message: 'there is no folder gateway.d here',
        help: 'pass the right folder with --dir, or run `gw init` to begin one',
      }),
    );
    return [];
  }
  if (!staysInside(folder, 'gateway.d')) {
    diagnostics.push(readFault('gateway.d', 'leaves_folder'));
    return [];
  }
  const listing: Listing = { root, diagnostics, paths: [], seen: 0 };
  list(listing, '', 0);
  const sources: Source[] = [];
  for (const path of listing.paths.sort(byCodeUnit)) {
    const read = readTextInside(root, path, WRITTEN_FILE_MAX_BYTES);
    if ('text' in read) sources.push(new Source(`gateway.d/${path}`, read.text));
    else diagnostics.push(readFault(`gateway.d/${path}`, read.fault));
  }
  return sources;
}

interface Listing {
  readonly root: string;
  readonly diagnostics: Diagnostic[];
  readonly paths: string[];
  seen: number;
}

/** Lists files whose name says that they are read. Folders reached through symlinks are followed inside the root only. */
function list(listing: Listing, under: string, depth: number): void {
  for (const name of namesIn(join(listing.root, under), `gateway.d/${under}`, listing.diagnostics)) {
    const path = under === '' ? name : `${under}/${name}`;
    listing.seen += 1;
    if (listing.seen > FILES_MAX) {
      if (listing.seen === FILES_MAX + 1) listing.diagnostics.push(tooMany());
      return;
    }
    const isDirectory = isFolder(join(listing.root, path));
    if (isDirectory && !staysInside(listing.root, path)) {
      listing.diagnostics.push(readFault(`gateway.d/${path}`, 'leaves_folder'));
    } else if (isDirectory && depth < DEPTH_MAX) {
      list(listing, path, depth + 1);
    } else if (isDirectory) {
      listing.diagnostics.push(
        diagnostic('GW1012', wholeSource(new Source(`gateway.d/${path}`, null)), {
          message: `folders are nested deeper than ${DEPTH_MAX} levels`,
        }),
      );
    } else {
      listFile(listing, path);
    }
  }
}

function listFile(listing: Listing, path: string): void {
  if (path.endsWith('.yml')) {
    listing.diagnostics.push(
      diagnostic('GW1002', wholeSource(new Source(`gateway.d/${path}`, null)), {
        message: `${quote(`gateway.d/${path}`)} would not be read: its name ends in .yml`,
        help: 'rename it so that it ends in .yaml',
      }),
    );
  } else if (path.endsWith('.yaml') && !path.endsWith('.gwtest.yaml')) {
    listing.paths.push(path);
  }
}

function tooMany(): Diagnostic {
  return diagnostic('GW1006', wholeSource(new Source('gateway.d', null)), {
    message: 'gateway.d holds more than 10,000 files',
  });
}

function listCatalogs(
  root: string,
  origin: CatalogFolder['origin'],
  diagnostics: Diagnostic[],
): CatalogFolder[] {
  const catalogs: CatalogFolder[] = [];
  for (const name of namesIn(root, origin === 'folder' ? 'catalogs' : 'builtin:', diagnostics)) {
    const folder = join(root, name);
    if (!isFolder(folder)) continue;
    const path = origin === 'folder' ? `catalogs/${name}` : `builtin:${name}`;
    if (!staysInside(root, name)) {
      diagnostics.push(readFault(path, 'leaves_folder'));
      continue;
    }
    if (catalogs.length === FILES_MAX) break;
    const folders: RealFolders = new Map();
    catalogs.push({
      name,
      origin,
      path,
      readCatalog: () => readTextInside(folder, 'catalog.yaml', WRITTEN_FILE_MAX_BYTES),
      readDocument: (document) => readFileInside(folder, document, DOCUMENT_MAX_BYTES, folders),
    });
  }
  return catalogs;
}

/**
 * Gives the names in a folder in code unit order: the order of the disk must not show. Hidden ones are left
 * out: editors leave copies there, and a Kubernetes volume has every file a second time under `..data`.
 */
function namesIn(folder: string, path: string, diagnostics: Diagnostic[]): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort(byCodeUnit);
  } catch (error) {
    // There need be no catalogs. But what is there and cannot be listed may hold rules: it is not passed over.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      diagnostics.push(readFault(path, 'unreadable_folder'));
    return [];
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function staysInside(root: string, path: string): boolean {
  try {
    return realpathSync(join(root, path)).startsWith(realpathSync(root) + sep);
  } catch {
    return false;
  }
}
