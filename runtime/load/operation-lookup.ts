import type { OperationRecord } from '../../table/operations.ts';
import type { RecordsReader } from '../../table/records/open-records.ts';
import type { MatchedOperation } from '../../table/rules/operation-matcher.ts';

/** A matched operation, read. */
export interface KnownOperation {
  readonly record: OperationRecord;
  /** prefix + path: the template as callers address it, without the connection's name. */
  readonly template: string;
  readonly matched: MatchedOperation;
}

/** Gives the record of an operation. Throws a TableError where it cannot be read. */
export type OperationLookup = (matched: MatchedOperation) => KnownOperation;

/** Operations of a connection that are kept: more are read again. */
const KEPT = 2_000;

/** Gives the look-up of one connection, which keeps what it read. */
export function operationLookup(records: RecordsReader): OperationLookup {
  const kept = new Map<string, KnownOperation>();
  return (matched) => {
    const { description, number } = matched;
    const key = `${number} ${description.entry.name}`;
    const before = kept.get(key);
    if (before !== undefined) return before;
    const record = records.operation(description.entry, number);
    const known = { record, template: description.prefix + record.path, matched };
    if (kept.size >= KEPT) kept.clear();
    kept.set(key, known);
    return known;
  };
}
