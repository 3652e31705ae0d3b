/** A table that cannot be served, with everything that is wrong with it. Never a secret's value. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** What is found while a table is made ready: faults stop it, notices are told at start. */
export class LoadReport {
  readonly #faults: string[] = [];
  readonly notices: string[] = [];

  fault(owner: string, why: string): void {
    this.#faults.push(`${owner}: ${why}`);
  }

  notice(text: string): void {
    this.notices.push(text);
  }

  /** Throws a LoadError with all faults, if there are any. */
  throwIfFaulty(): void {
    if (this.#faults.length > 0) throw new LoadError(this.#faults);
  }
}
