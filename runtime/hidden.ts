import { inspect } from 'node:util';

/** What stands in the place of a secret wherever something is shown. */
export const REDACTED = '[redacted]';

/**
 * The one wrapper of secret values: whoever prints, logs, inspects or serializes it gets `[redacted]`.
 * `reveal` is called where the value goes on the wire to its upstream, and nowhere else.
 */
export class Hidden<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  static {
    // What console.log and util.inspect print.
    Object.defineProperty(this.prototype, inspect.custom, { value: () => REDACTED });
  }
}
