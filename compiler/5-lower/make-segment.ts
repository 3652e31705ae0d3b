import type { DescriptionRecords } from '../../table/operations.ts';
import { encodeSegment } from '../../table/records/encode-records.ts';
import { SearchWriter } from '../../table/search/write-search.ts';
import type { MadeSegment } from './kept-segment.ts';
import { makeAhead } from './make-ahead.ts';
import { matchTree } from './match-tree.ts';

/** Gives a description as it is written: its records, the matcher and search index over them, and validators made ahead. */
export async function makeSegment(records: DescriptionRecords, ahead: boolean): Promise<MadeSegment> {
  const { operations, schemas, title, summary } = records;
  const search = new SearchWriter();
  for (const operation of operations) search.add(operation);
  const segment = encodeSegment({
    operations,
    schemas,
    matcher: matchTree(operations),
    search: search.bytes(),
    validators: ahead ? await makeAhead(records) : [],
  });
  return { ...segment, title, summary };
}
