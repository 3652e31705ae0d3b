import { oneLine } from './one-line.ts';
import { callerPath } from '../../runtime/operations/operation-set.ts';
import type { Place } from '../../runtime/operations/operation-set.ts';

/** Columns are at most this wide; what is longer pushes the rest of its line. */
const COLUMN_MAX = 56;

/** Gives operations as lines: method, path as a caller writes it, id, summary. */
export function renderList(places: readonly Place[]): string {
  const rows = places.map((place): [string, string, string, string] => {
    const { list } = place.set;
    const summary = list.summaries[place.index] ?? '';
    const deprecated = list.deprecated[place.index] === true ? 'deprecated: ' : '';
    return [
      oneLine(list.methods[place.index] ?? ''),
      oneLine(callerPath(place)),
      oneLine(list.ids[place.index] ?? ''),
      deprecated + oneLine(summary, 100),
    ];
  });
  const widths = [0, 1, 2].map((column) =>
    rows.reduce((width, row) => Math.max(width, Math.min(COLUMN_MAX, (row[column] ?? '').length)), 0),
  );
  return rows.map((row) => `${padded(row, widths)}\n`).join('');
}

function padded(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((text, column) => text.padEnd(widths[column] ?? 0))
    .join('  ')
    .trimEnd();
}

/** Gives operations as a JSON document. */
export function renderListJson(places: readonly Place[]): string {
  const operations = places.map((place) => {
    const { set, index } = place;
    return {
      connection: set.connection,
      catalog: set.catalog,
      description: set.description,
      id: set.list.ids[index],
      method: set.list.methods[index],
      path: callerPath(place),
      summary: set.list.summaries[index],
      tags: set.list.tags[index],
      deprecated: set.list.deprecated[index],
    };
  });
  return `${JSON.stringify({ operations }, null, 2)}\n`;
}
