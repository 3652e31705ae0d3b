import type { DescriptionRecords } from '../../table/operations.ts';
import { encodeSegment } from '../../table/records/encode-records.ts';
import type { MadeSegment } from './kept-segment.ts';
import { makeAhead } from './make-ahead.ts';
import { matchTree } from './match-tree.ts';
import { searchIndex } from './search-index.ts';

/** Gives a description as it is written: its records, the matcher and search index over them, and validators made ahead. */
export async function makeSegment(records: DescriptionRecords, ahead: boolean): Promise<MadeSegment> {
  const { operations, schemas, title, summary } = records;
  const segment = encodeSegment({
    operations,
    schemas,
    matcher: matchTree(operations),
    search: searchIndex(operations),
    validators: ahead ? await makeAhead(records) : [],
  });
  return { ...segment, title, summary };
}
