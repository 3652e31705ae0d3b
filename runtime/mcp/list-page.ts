import { hash } from 'node:crypto';

/** Rows of a page where no limit is given. */
export const LIMIT_DEFAULT = 50;
export const LIMIT_MAX = 500;

/** What of a list is asked for. */
export interface PageAsked {
  readonly limit: number;
  readonly cursor: string | null;
  /** What makes the list what it is: a cursor is of one list, in one table. */
  readonly list: readonly (string | null)[];
}

/** One page of a list. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

/** Gives the page that is asked for; null where the cursor is of another list. */
export function pageOf<Row>(rows: readonly Row[], { limit, cursor, list }: PageAsked): Page<Row> | null {
  const mark = hash('sha256', JSON.stringify(list), 'hex').slice(0, 12);
  const start = cursor === null ? 0 : offsetOf(cursor, mark);
  if (start === null || start > rows.length) return null;
  const end = start + limit;
  return {
    rows: rows.slice(start, end),
    total: rows.length,
    next: end < rows.length ? `${end}.${mark}` : null,
  };
}

function offsetOf(cursor: string, mark: string): number | null {
  const [digits = '', of] = cursor.split('.');
  return of === mark && /^[0-9]{1,9}$/.test(digits) ? Number(digits) : null;
}
