import { createHash } from 'node:crypto';

/** A file of a description: its path in the catalog's folder and its SHA-256 in hex; null where it is missing. */
export type FileDigest = readonly [path: string, sha256: string | null];

/** Gives a digest of everything that a description was read from: its root's path, and its files. */
export function contentDigest(root: string, files: readonly FileDigest[]): string {
  return createHash('sha256')
    .update(JSON.stringify([root, files]))
    .digest('hex');
}

/**
 * Gives the digest of a description: that of its file, or where it is several, of the list of them in the order of
 * their paths, each a line `<digest> <path>`, as `sha256sum` writes it but for the one space.
 */
export function setDigest(files: readonly FileDigest[]): string {
  const [first] = files;
  if (files.length === 1 && first !== undefined) return first[1] ?? '';
  const lines = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, sha256]) => `${sha256 ?? 'missing'} ${path}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}
