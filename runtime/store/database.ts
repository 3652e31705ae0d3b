/** What SQLite and PostgreSQL both keep: text without NUL, and whole numbers below 2^53. */
export type SqlValue = string | number | null;

export type Row = Readonly<Record<string, SqlValue>>;

/** Statements in the SQL that both databases understand; `?` stands for a value. Each call has a deadline. */
export interface Queries {
  /** Gives the rows of a statement that changes nothing. */
  read(sql: string, values: readonly SqlValue[]): Promise<readonly Row[]>;
  /** Gives the rows that a statement RETURNs, once they are on the disk. */
  write(sql: string, values: readonly SqlValue[]): Promise<readonly Row[]>;
}

/** What is done inside a transaction. */
export interface Transaction extends Queries {
  /** Runs several statements that have no values. */
  script(sql: string): Promise<void>;
}

/**
 * A database as the store needs it. Every call throws StoreUnavailable when the database cannot be asked, and
 * ReferenceGone when what a row refers to is not there; any other error is a fault of ours.
 */
export interface Database extends Queries {
  /** Gives what `steps` gives; what they wrote is kept whole, or not at all if they throw. */
  transaction<T>(steps: (within: Transaction) => Promise<T>): Promise<T>;
  /**
   * Gives what `held` gives, which runs while nobody else holds the key: no caller here, no other process, no
   * replica. 'busy' if it is not free within `wait_ms`; 0 tries once. The lock ends with the process, however
   * that ends. `lost` is aborted when it ended before `held` did.
   */
  lock<T>(key: string, wait_ms: number, held: (lost: AbortSignal) => Promise<T>): Promise<T | 'busy'>;
  /** Removes what is kept for the lock of a key that will not be asked for again. */
  forgetLock(key: string): void;
  close(): Promise<void>;
}

/** A row cannot be written: the one that it refers to is not there. */
export class ReferenceGone extends Error {
  override readonly name = 'ReferenceGone';
}

/** Gives values as both databases keep them: SQLite cuts text at NUL, PostgreSQL refuses it. */
export function storable(values: readonly SqlValue[]): SqlValue[] {
  return values.map((value) => (typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value));
}
