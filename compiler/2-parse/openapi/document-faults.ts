import type { Code, Severity } from '../../diagnostic/codes.ts';
import { diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Diagnostic, Note } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../source/span.ts';
import type { ParsedDocument } from '../parse-document.ts';
import { pathOf } from './trail.ts';
import type { Trail } from './trail.ts';

/** A fault whose places are not looked up yet. */
export interface Fault {
  readonly code: Code;
  readonly at: Trail;
  readonly message: string;
  readonly severity?: Severity;
  readonly help?: string;
  readonly notes?: readonly FaultNote[];
  /** Further places of the same: shown where all of them are asked for. */
  readonly details?: readonly FaultNote[];
}

export interface FaultNote {
  readonly message: string;
  readonly at: Trail;
}

const CHAIN_MAX = 8;

/** The faults of a description's files. Finding a place reads a text again, so all places of a text are found at once. */
export class DocumentFaults {
  readonly #faults: Fault[] = [];
  #places: Set<string> | null = null;

  add(fault: Fault): void {
    this.#places = null;
    this.#faults.push(fault);
  }

  /** Tells whether a fault was found at a place, or in what it is a field of. */
  has(document: ParsedDocument, path: readonly string[]): boolean {
    if (this.#faults.length === 0) return false;
    this.#places ??= new Set(this.#faults.map(({ at }) => placeKey(at.document, pathOf(at))));
    return (
      this.#places.has(placeKey(document, path)) || this.#places.has(placeKey(document, path.slice(0, -1)))
    );
  }

  /** Gives the diagnostics; a fault behind references shows them as notes. */
  diagnostics(): Diagnostic[] {
    const places = new Places();
    const chains = this.#faults.map((fault) => [...(fault.notes ?? []), ...chainOf(fault.at)]);
    for (const [index, fault] of this.#faults.entries()) {
      places.want(fault.at);
      for (const note of chains[index] ?? []) places.want(note.at);
      for (const detail of fault.details ?? []) places.want(detail.at);
    }
    places.find();
    const noteOf = ({ message, at }: FaultNote): Note => ({ message, span: places.spanOf(at) });
    return this.#faults.map((fault, index) =>
      diagnostic(fault.code, places.spanOf(fault.at), {
        message: fault.message,
        notes: (chains[index] ?? []).map(noteOf),
        details: (fault.details ?? []).map(noteOf),
        help: fault.help ?? null,
        ...(fault.severity === undefined ? {} : { severity: fault.severity }),
      }),
    );
  }
}

function placeKey(document: ParsedDocument, path: readonly string[]): string {
  return JSON.stringify([document.path, ...path]);
}

/** Gives the references that led to a place, the last one first. */
function chainOf(at: Trail): FaultNote[] {
  const notes: FaultNote[] = [];
  for (let via = at.via; via !== null && notes.length < CHAIN_MAX; via = via.via) {
    notes.push({ message: 'referred to from here', at: via });
  }
  return notes;
}

class Places {
  readonly #wanted = new Map<ParsedDocument, Trail[]>();
  readonly #spans = new Map<Trail, Span>();

  want(at: Trail): void {
    const list = this.#wanted.get(at.document) ?? [];
    list.push(at);
    this.#wanted.set(at.document, list);
  }

  find(): void {
    for (const [document, trails] of this.#wanted) {
      const ranges = document.locateAll(trails.map(pathOf));
      for (const [index, trail] of trails.entries()) {
        this.#spans.set(trail, { source: document.source, ...(ranges[index] ?? { start: 0, end: 0 }) });
      }
    }
  }

  spanOf(at: Trail): Span {
    return this.#spans.get(at) ?? { source: at.document.source, start: 0, end: 0 };
  }
}
