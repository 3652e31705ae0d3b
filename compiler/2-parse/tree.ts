import type { Span } from '../source/span.ts';

/** A positioned value of a YAML file. Keys stand in a Map, so `__proto__` is a name like any other. */
export type Node = Scalar | Mapping | Sequence;

export interface Scalar {
  readonly kind: 'scalar';
  readonly span: Span;
  readonly value: string | number | bigint | boolean | null;
  /** As it was written, without quotes. */
  readonly written: string;
}

export interface Mapping {
  readonly kind: 'mapping';
  readonly span: Span;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly key: Span;
  readonly value: Node;
}

export interface Sequence {
  readonly kind: 'sequence';
  readonly span: Span;
  readonly elements: readonly Node[];
}
