import { isAscii } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import type { BytesRead, ReadFault, TextRead } from './workspace.ts';

/** Largest file that people write. */
export const WRITTEN_FILE_MAX_BYTES: number = 1024 * 1024;
/** Largest OpenAPI document: more than twice Graph's, the largest that is known. What it is read into has to fit into the heap. */
export const DOCUMENT_MAX_BYTES: number = 128 * 1024 * 1024;

/** Folders by the paths that lead to them, as one reading of a folder has met them. */
export type RealFolders = Map<string, string>;

/**
 * Gives the bytes of a file inside a folder. A path that leaves the folder, by `..`, as an absolute
 * path or through a symlink, is not opened. Whoever reads many files passes on where their folders really are.
 */
export function readFileInside(
  folder: string,
  path: string,
  maxBytes: number,
  folders: RealFolders = new Map(),
): BytesRead {
  const parts = path.split(/[/\\]/);
  if (path.startsWith('/') || path.includes('\0') || /^[A-Za-z]:/.test(path) || parts.includes('..')) {
    return { fault: 'leaves_folder' };
  }
  const real = (one: string): string => {
    const known = folders.get(one) ?? realpathSync.native(one);
    folders.set(one, known);
    return known;
  };
  try {
    const root = real(folder);
    const written = join(root, ...parts);
    const readInside = (file: string): BytesRead =>
      file.startsWith(root.endsWith(sep) ? root : root + sep)
        ? readWithin(file, maxBytes)
        : { fault: 'leaves_folder' };
    const inside = join(real(dirname(written)), basename(written));
    try {
      return readInside(inside);
    } catch (error) {
      if (!isSymlink(error)) throw error;
      return readInside(realpathSync.native(inside));
    }
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

/** Gives the text of a file inside a folder: UTF-8, a byte order mark allowed and removed. */
export function readTextInside(folder: string, path: string, maxBytes: number): TextRead {
  const read = readFileInside(folder, path, maxBytes);
  return 'fault' in read ? read : decodeText(read.bytes);
}

/** Gives the text of bytes, or the fault that they are not UTF-8. */
export function decodeText(bytes: Uint8Array): TextRead {
  // Most are ASCII: told and copied several times as fast as decoded.
  if (isAscii(bytes))
    return { text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1') };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { fault: 'not_utf8' };
  }
}

/**
 * Opened without waiting, so that a named pipe in the folder cannot hang the compiler, and never through a symlink:
 * whoever asks knows where the file really is.
 */
function readWithin(file: string, maxBytes: number): BytesRead {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) return { fault: 'unreadable' };
    if (stat.size > maxBytes) return { fault: 'too_large' };
    return { bytes: readFileSync(handle) };
  } finally {
    closeSync(handle);
  }
}

/** Tells whether a file was not opened because its name is a symlink (open(2), O_NOFOLLOW; EMLINK on some systems). */
function isSymlink(error: unknown): boolean {
  return codeOf(error) === 'ELOOP' || codeOf(error) === 'EMLINK';
}

function faultOf(error: unknown): ReadFault {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined;
}
