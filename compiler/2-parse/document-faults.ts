import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Diagnostic, Report } from '../diagnostic/diagnostic.ts';
import type { ParsedDocument } from './parse-document.ts';

const SHOWN_MAX = 20;

/**
 * The faults of one document. Finding a place reads the document again, and what is wrong with a vendor's
 * document is often wrong a thousand times: only the first ones are located and shown.
 */
export class DocumentFaults {
  readonly #document: ParsedDocument;
  readonly #report: Report;
  #count = 0;

  constructor(document: ParsedDocument, report: Report) {
    this.#document = document;
    this.#report = report;
  }

  add(make: (locate: ParsedDocument['locate']) => Diagnostic): void {
    this.#count += 1;
    if (this.#count <= SHOWN_MAX) this.#report(make(this.#document.locate));
  }

  /** Says how many were not shown. */
  close(): void {
    if (this.#count <= SHOWN_MAX) return;
    const message = `${this.#count - SHOWN_MAX} more faults of this document are not shown`;
    this.#report(diagnostic('GW6009', this.#document.locate([]), { message }));
  }
}
