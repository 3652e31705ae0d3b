import { extname } from 'node:path';
import { load, YAMLException } from 'js-yaml';
import { decodeText } from '../../compiler/1-read/read-file-inside.ts';
import type { Marks } from '../fetch/guarded-fetch.ts';
import { findReferences } from './find-references.ts';
import type { Origin } from './origin.ts';

const FILES_MAX = 10_000;
const TOTAL_MAX_BYTES = 500 * 1024 * 1024;
const DEPTH_MAX = 500;
/** Files that are read at the same time. */
const READS_MAX = 8;

/** A document with everything that it refers to. */
export interface Collected {
  readonly root: string;
  /** By path relative to the folder of the first. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The first document as a value. */
  readonly value: object;
  readonly marks: Marks | null;
  /** What people should know: references that were not copied. */
  readonly notes: readonly string[];
}

export type Collecting =
  | { readonly collected: Collected }
  | { readonly fault: string }
  | { readonly unchanged: true };

/**
 * Gives an OpenAPI document and the files that it refers to, through any number of steps. The first must be
 * there and be OpenAPI; what another refers to in vain is noted, since the compiler tells with a place whether
 * it matters. References are followed in the folder of the first alone.
 */
export async function collectDocuments(origin: Origin): Promise<Collecting> {
  const first = await origin.read(origin.root);
  if (!('bytes' in first)) return first;
  const value = valueOf(origin.root, first.bytes);
  if (value === null) return { fault: `${origin.root} is neither JSON nor YAML` };
  if (!isOpenApi(value)) return { fault: `${origin.root} has neither \`openapi\` nor \`swagger\`` };
  const gathered: Gathered = { files: new Map(), open: new Set(), outside: new Set(), lost: [], bytes: 0 };
  take(gathered, origin.root, first.bytes);
  const fault = await gather(origin, gathered);
  if (fault !== null) return { fault };
  const notes = [
    ...gathered.lost,
    ...[...gathered.outside].map(
      (written) =>
        `${JSON.stringify(written)} is not copied: it leads out of the document's folder, and is never opened`,
    ),
  ];
  const marks = first.marks ?? null;
  return { collected: { root: origin.root, files: gathered.files, value, marks, notes } };
}

interface Gathered {
  readonly files: Map<string, Uint8Array>;
  readonly open: Set<string>;
  readonly outside: Set<string>;
  readonly lost: string[];
  bytes: number;
}

/** Reads what is open until nothing is. Gives a fault when there is too much of it. */
async function gather(origin: Origin, gathered: Gathered): Promise<string | null> {
  const tried = new Set(gathered.files.keys());
  for (;;) {
    const paths = [...gathered.open].filter((path) => !tried.has(path)).slice(0, READS_MAX);
    if (paths.length === 0) return null;
    for (const path of paths) {
      gathered.open.delete(path);
      tried.add(path);
    }
    const reads = await Promise.all(paths.map(async (path) => ({ path, read: await origin.read(path) })));
    for (const { path, read } of reads) {
      if ('bytes' in read) take(gathered, path, read.bytes);
      else if ('fault' in read) gathered.lost.push(`${path} is referred to and not copied: ${read.fault}`);
    }
    if (gathered.files.size > FILES_MAX) return `more than ${FILES_MAX} files are referred to`;
    if (gathered.bytes > TOTAL_MAX_BYTES) return 'the documents are larger than 500 MiB together';
  }
}

function take(gathered: Gathered, path: string, bytes: Uint8Array): void {
  gathered.files.set(path, bytes);
  gathered.bytes += bytes.length;
  const value = valueOf(path, bytes);
  if (value === null) return;
  const { inside, outside } = findReferences(value, path);
  for (const one of inside) if (!gathered.files.has(one)) gathered.open.add(one);
  for (const one of outside) gathered.outside.add(one);
}

/** Gives what a document holds, or null for text of another kind, such as Markdown. */
function valueOf(path: string, bytes: Uint8Array): object | null {
  if (!['', '.json', '.yaml', '.yml'].includes(extname(path).toLowerCase())) return null;
  const decoded = decodeText(bytes);
  if ('fault' in decoded) return null;
  const value = parsed(decoded.text);
  return typeof value === 'object' && value !== null ? value : null;
}

/** Nothing is reported: the compiler tells what is wrong with a document, and where. */
function parsed(text: string): unknown {
  try {
    return text.trimStart().startsWith('{') ? JSON.parse(text) : load(text, { maxDepth: DEPTH_MAX });
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError || error instanceof YAMLException)
      return null;
    throw error;
  }
}

/** Tells whether a value is an OpenAPI document, of whatever version. */
function isOpenApi(value: object): boolean {
  return Object.hasOwn(value, 'openapi') || Object.hasOwn(value, 'swagger');
}
