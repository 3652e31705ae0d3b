import { hash } from 'node:crypto';
import { decodeText } from '../../1-read/read-file-inside.ts';
import type { BytesRead, ReadFault } from '../../1-read/workspace.ts';
import { diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { Source } from '../../source/source.ts';
import { parseDocument } from '../parse-document.ts';
import type { ParsedDocument } from '../parse-document.ts';
import type { Placed } from './trail.ts';

/** Most files that one description may consist of, and the most bytes of all of them. */
const FILES_MAX = 10_000;
const BYTES_MAX = 400 * 1024 * 1024;

/** The folder that a description's files stand in. */
export interface DocumentFolder {
  /** As it is shown. */
  readonly path: string;
  readonly readDocument: (path: string) => BytesRead;
}

/** A file of the set: null where it is not there or was not read. */
export interface DocumentFile {
  readonly sha256: string | null;
  readonly document: ParsedDocument | null;
  readonly fault: ReadFault | null;
}

/** The files of one description, read when a reference leads to them. Nothing is read twice, and nothing outside the folder. */
export class DocumentSet {
  readonly folder: DocumentFolder;
  /** By path in the folder, in the order of reading. */
  readonly files: Map<string, DocumentFile> = new Map();
  /** What is wrong with files as such: syntax, depth, encoding. */
  readonly diagnostics: Diagnostic[] = [];
  readonly #references = new Map<ParsedDocument, Map<string, Placed>>();
  #bytes = 0;
  #full = false;

  constructor(folder: DocumentFolder) {
    this.folder = folder;
  }

  /** Gives a file; its faults are in `diagnostics`, but for a file that is not there: that is a fault of who names it. */
  load(path: string): DocumentFile {
    const before = this.files.get(path);
    if (before !== undefined) return before;
    const file = this.#read(path);
    this.files.set(path, file);
    return file;
  }

  /** Takes a file that was read before: the root, which catalog.yaml names. */
  add(path: string, bytes: Uint8Array): DocumentFile {
    const file = this.#parse(path, bytes);
    this.files.set(path, file);
    return file;
  }

  /** Gives what the references of a document were found to lead to, to be added to. */
  referencesIn(document: ParsedDocument): Map<string, Placed> {
    const before = this.#references.get(document);
    if (before !== undefined) return before;
    const references = new Map<string, Placed>();
    this.#references.set(document, references);
    return references;
  }

  #read(path: string): DocumentFile {
    if (this.files.size >= FILES_MAX || this.#bytes > BYTES_MAX) {
      if (!this.#full) this.#tooMuch();
      this.#full = true;
      return { sha256: null, document: null, fault: 'too_large' };
    }
    const read = this.folder.readDocument(path);
    return 'fault' in read
      ? { sha256: null, document: null, fault: read.fault }
      : this.#parse(path, read.bytes);
  }

  #parse(path: string, bytes: Uint8Array): DocumentFile {
    this.#bytes += bytes.length;
    const sha256 = hash('sha256', bytes, 'hex');
    const decoded = decodeText(bytes);
    if ('fault' in decoded) return { sha256, document: null, fault: decoded.fault };
    const source = new Source(`${this.folder.path}/${path}`, decoded.text);
    const document = parseDocument({ source, path }, (one) => this.diagnostics.push(one));
    return { sha256, document, fault: null };
  }

  #tooMuch(): void {
    const first = [...this.files.values()].find((file) => file.document !== null)?.document;
    if (first === undefined || first === null) return;
    const message = `the description consists of more than ${FILES_MAX} files or ${BYTES_MAX / 1024 / 1024} MiB`;
    this.diagnostics.push(diagnostic('GW6011', { source: first.source, start: 0, end: 0 }, { message }));
  }
}
