import { setFlagsFromString } from 'node:v8';
import type { BytesRead, CatalogFolder, Workspace } from '../compiler/1-read/workspace.ts';

/**
 * Has V8 optimise less: a compile ends before most of what is optimised for it pays, and optimising took a third
 * of its CPU time (docs/decisions/0018-cost-of-a-compile.md). Gives the workspace as it is to be read: a large document
 * makes the heap grow slower from then on. Said to the V8 of Node 20 alone: later ones have
 * other names for it, and a tier between that makes it matter less.
 */
export function tuneForOneRun(workspace: Workspace): Workspace {
  if (!process.versions.v8.startsWith('11.')) return workspace;
  setFlagsFromString(`--interrupt-budget=${OPTIMISED_FROM}`);
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=0');
  return { ...workspace, catalogs: workspace.catalogs.map(growingLess) };
}

/** Bytecode that a function runs through before it is considered; V8's own is 67,584. What it calls is then not put into it. */
const OPTIMISED_FROM = 500_000;

/** A document of this size makes hundreds of MB of objects. */
const LARGE_BYTES = 16 * 1024 * 1024;
/** How much the heap may grow, of what was left of it, before it is collected again; V8 goes up to 300. */
const GROWING_PERCENT = 100;

function growingLess(catalog: CatalogFolder): CatalogFolder {
  const { readDocument } = catalog;
  return {
    ...catalog,
    readDocument: (document): BytesRead => {
      const read = readDocument(document);
      if ('bytes' in read && read.bytes.length >= LARGE_BYTES)
        setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
      return read;
    },
  };
}
