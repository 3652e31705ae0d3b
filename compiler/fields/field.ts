import type { Span } from '../source/span.ts';

/** A key with its value as it was read. `value` is undefined when it was faulty, which has been reported. */
export interface Field<T> {
  readonly key: Span;
  readonly span: Span;
  readonly value: T | undefined;
}

/** The fields of a declaration: an absent key is an absent member. */
export type Fields<T> = { readonly [K in keyof T]?: Field<T[K]> };

/** A map that people wrote, in their order. */
export type Named<T> = ReadonlyMap<string, Field<T>>;
