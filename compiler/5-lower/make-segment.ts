import type { DescriptionRecords } from '../../table/operations.ts';
import { encodeSegment } from '../../table/records/encode-records.ts';
import type { EncodedSegment } from '../../table/records/encode-records.ts';
import { matchTree } from './match-tree.ts';
import { searchIndex } from './search-index.ts';

/** Gives a description as it is written: its records, and the matcher and search index over them. */
export async function makeSegment(records: DescriptionRecords): Promise<EncodedSegment> {
  const { operations, schemas } = records;
  return encodeSegment({
    operations,
    schemas,
    matcher: matchTree(operations),
    search: await searchIndex(operations),
    validators: [],
  });
}
