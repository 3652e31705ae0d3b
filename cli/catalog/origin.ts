import { readFileInside } from '../../compiler/1-read/read-file-inside.ts';
import { FETCHED_MAX_BYTES, guardedFetch } from '../fetch/guarded-fetch.ts';
import type { FetchOptions, Marks } from '../fetch/guarded-fetch.ts';

/** Where the documents of one description come from. Paths are relative to the folder of the first. */
export interface Origin {
  /** The path of the document that everything begins with. */
  readonly root: string;
  readonly read: (path: string) => Promise<OriginRead>;
  /** What catalog.yaml keeps, so that it can be fetched again; null for files of one machine. */
  readonly kept: KeptSource | null;
}

/** What an origin gives for a path; `marks` where the answer had any. */
export type OriginRead =
  | { readonly bytes: Uint8Array; readonly marks?: Marks }
  | { readonly fault: string }
  | { readonly unchanged: true };

/** The `source` of a description in catalog.yaml. */
export type KeptSource = { readonly url: string } | { readonly directory: string };

/** Gives the origin of a document in a folder: nothing outside the folder is read. */
export function folderOrigin(folder: string, root: string, kept: KeptSource | null = null): Origin {
  return {
    root,
    kept,
    read: (path) => {
      const read = readFileInside(folder, path, FETCHED_MAX_BYTES);
      if ('bytes' in read) return Promise.resolve(read);
      return Promise.resolve({ fault: READ_FAULTS[read.fault] });
    },
  };
}

const READ_FAULTS = {
  missing: 'there is no such file',
  unreadable: 'it cannot be read',
  unreadable_folder: 'its folder cannot be read',
  too_large: 'it is larger than 50 MiB',
  leaves_folder: 'it is outside the folder of the document',
  not_utf8: 'it is not UTF-8',
};

/**
 * Gives the origin of a document on the web: what it refers to is fetched from its own origin and folder, each
 * through the guard. `known` marks an earlier answer for the first document.
 */
export function urlOrigin(written: string, options: FetchOptions): Origin {
  const url = new URL(written);
  const root = decodePath(url.pathname.slice(url.pathname.lastIndexOf('/') + 1)) || 'openapi';
  const { known, ...others } = options;
  // Behind a redirect what is referred to stands beside the document that came.
  let base = url;
  return {
    root,
    kept: { url: url.href },
    read: async (path) => {
      const isRoot = path === root;
      const target = isRoot
        ? url.href
        : new URL(path.split('/').map(encodeURIComponent).join('/'), base).href;
      const fetched = await guardedFetch(
        target,
        isRoot && known !== undefined ? { ...others, known } : others,
      );
      if (fetched.kind === 'refused') return { fault: fetched.why };
      if (fetched.kind === 'unchanged') return { unchanged: true };
      if (isRoot) base = new URL(fetched.url);
      return { bytes: fetched.bytes, marks: fetched.marks };
    },
  };
}

/** Gives a path of a URL with its escapes decoded, or as it is where they are malformed. */
export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
