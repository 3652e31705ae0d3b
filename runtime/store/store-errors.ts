/** How long whoever got a StoreUnavailable should wait where nothing better is known. */
const RETRY_AFTER_MS = 1000;

/** The store cannot be asked now: no connection, no answer in time, no room. It heals by itself. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  readonly code: string;
  /** When it is worth asking again, from now on. */
  readonly retry_after_ms: number;

  /** `code` is the driver's word for it (`ECONNREFUSED`, `57P01`, `SQLITE_BUSY`): its messages may hold values. */
  constructor(code: string, retry_after_ms: number = RETRY_AFTER_MS) {
    super(`the store is unavailable (${code})`);
    this.code = code;
    this.retry_after_ms = retry_after_ms;
  }
}

/** How long to wait for a key that somebody has to bring. */
const KEY_RETRY_AFTER_MS = 10_000;

/**
 * A value of the store was sealed with a key that this process was not given: another one sealed it. The store itself
 * is there, so what is known of it from before is no answer in its place.
 */
export class StoreKeyMissing extends StoreUnavailable {
  constructor(key_id: string) {
    super(`a value was sealed with the key ${key_id}, which was not given`, KEY_RETRY_AFTER_MS);
  }
}

/** The schema was made by a newer program than this one, which does not know what else it would have to keep. */
export class StoreNewer extends Error {
  override readonly name = 'StoreNewer';

  constructor(found: number, known: number) {
    super(`the store of grants has schema ${found}, this program knows ${known}: run the newer program`);
  }
}

/** The keys do not fit the store, or cannot be had. Never a key. */
export class StoreKeyError extends Error {
  override readonly name = 'StoreKeyError';
}

/** The store's files are not what they have to be; says what to do. */
export class StoreFileError extends Error {
  override readonly name = 'StoreFileError';
}
