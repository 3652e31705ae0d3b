import type { RecordsReader } from '../../table/records/open-records.ts';
import { placeDescription } from '../../table/rules/operation-matcher.ts';
import type { PlacedDescription } from '../../table/rules/operation-matcher.ts';
import type { Connection, Table } from '../../table/types.ts';

/** Gives a connection's descriptions under their prefixes, their matchers read. Throws a TableError where one cannot be. */
export function placedDescriptions(
  { descriptions }: Table,
  { catalog }: Connection,
  records: RecordsReader,
): PlacedDescription[] {
  return (catalog?.descriptions ?? []).flatMap(({ entry: index, prefix }) => {
    const entry = descriptions[index];
    return entry === undefined ? [] : placeDescription(entry, prefix, records.matcher(entry));
  });
}
