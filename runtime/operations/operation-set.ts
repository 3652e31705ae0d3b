import type { NormalSchema, OperationList, OperationRecord, SchemaNumber } from '../../table/operations.ts';

/** The operations of one description as the callers of one connection address them. */
export interface OperationSet {
  readonly connection: string;
  /** `stripe@2025-01`, or the name alone where the catalog has no versions. */
  readonly catalog: string;
  readonly description: string;
  readonly title: string | null;
  /** What the description says of itself, in short. */
  readonly summary: string | null;
  /** What stands before each template on this connection. */
  readonly prefix: string;
  /** How many operations there are: told without reading the list. */
  readonly count: number;
  readonly list: OperationList;
  /** Why there may be operations beside these; null where these are all. */
  readonly partial: string | null;
  /** Gives an operation in full by its number in the list. */
  readonly record: (index: number) => OperationRecord;
  readonly schema: (number: SchemaNumber) => NormalSchema;
  /** Gives the operations that hold words of a query, the best first, looking at those alone that `only` keeps. */
  readonly search: (
    query: string,
    words: 'all' | 'some',
    only?: (index: number) => boolean,
  ) => Promise<Found>;
}

/** What a search found in one set; where it found nothing, why. */
export interface Found {
  readonly hits: readonly { readonly index: number; readonly score: number }[];
  /** Gives the words of the query that are in no operation, each with the nearest that is, or null: looked for when asked. */
  readonly unknown: () => ReadonlyMap<string, string | null>;
}

/** An operation of a set, by its number in the list. */
export interface Place {
  readonly set: OperationSet;
  readonly index: number;
}

/** Gives the path of an operation behind the connection's name, its parameters in braces. */
export function apiPath({ set, index }: Place): string {
  return set.prefix + (set.list.paths[index] ?? '');
}

/** Gives the path of an operation as a caller writes it, its parameters in braces. */
export function callerPath(place: Place): string {
  return `/${place.set.connection}${apiPath(place)}`;
}

/** Gives operations in short, as columns. */
export function columnsOf(operations: readonly OperationRecord[]): OperationList {
  return {
    ids: operations.map(({ id }) => id),
    methods: operations.map(({ method }) => method),
    paths: operations.map(({ path }) => path),
    summaries: operations.map(({ summary }) => summary),
    tags: operations.map(({ tags }) => tags),
    deprecated: operations.map(({ deprecated }) => deprecated),
  };
}
