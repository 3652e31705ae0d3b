import { keyIdOf, open, seal } from '../../sealing/envelope.ts';
import type { SealingKeys } from '../../sealing/sealing-keys.ts';
import { Hidden } from '../../hidden.ts';
import type { Database, Queries, Row } from '../../store/database.ts';
import type { Resealed } from './grant-store.ts';
import { StoreKeyError, StoreKeyMissing } from '../../store/store-errors.ts';

/** A table with sealed columns. */
export interface SealedTable {
  readonly table: string;
  /** Its primary key. */
  readonly key: string;
  readonly columns: readonly string[];
  /** What else of a row a value belongs to: it opens in no row that differs in it, and none of it ever changes. */
  readonly bound: readonly string[];
  /** How places of this table begin. */
  readonly place: string;
}

/**
 * Whose a grant is and where it is used is bound to its secrets: whoever can write into the database, but has no key,
 * cannot give one account the credential of another.
 */
export const GRANTS: SealedTable = {
  table: 'gw_grants',
  key: 'id',
  columns: ['credential', 'variables'],
  bound: ['connection', 'account'],
  place: 'grants',
};

export const STATES: SealedTable = {
  table: 'gw_oauth_states',
  key: 'digest',
  columns: ['content'],
  bound: ['grant_id'],
  place: 'oauth-states',
};

const SEALED = [GRANTS, STATES];

/** `sealed:v1:` and the eight digits of the key's id. */
const PREFIX_LENGTH = 'sealed:v1:12345678:'.length;
const PREFIX_FORM = /^sealed:v1:([0-9a-f]{8}):$/;

/** Rows that are read at once. */
const BATCH = 100;

/** Gives the place that the value of a column is bound to. */
export function placeOf({ place, key, bound }: SealedTable, row: Row, column: string): string {
  return `${place}/${row[key]}/${column} of ${JSON.stringify(bound.map((name) => row[name]))}`;
}

/** Gives what is inside a value, null for one that was changed or moved. Throws StoreKeyMissing for an unknown key. */
export type OpenValue = (sealed: string, place: string) => Hidden<string> | null;

/** Gives what opens values. `missing` is told the id of a key that was not given, each time that it is needed. */
export function opensValues(keys: SealingKeys, missing: (keyId: string) => void): OpenValue {
  return (sealed, place) => {
    const opened = open(sealed, place, keys);
    if (opened instanceof Hidden) return opened;
    if (opened !== 'key_unknown') return null;
    const id = keyIdOf(sealed) ?? '';
    missing(id);
    throw new StoreKeyMissing(id);
  };
}

/** Gives how many values each key sealed, by the key's id. */
export async function keysInUse(database: Queries): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { sealedTable, column } of sealedColumns()) {
    const rows = await database.read(
      `SELECT substr(${column}, 1, ${PREFIX_LENGTH}) AS prefix, COUNT(*) AS number FROM ${sealedTable.table}
       WHERE ${column} IS NOT NULL GROUP BY substr(${column}, 1, ${PREFIX_LENGTH})`,
      [],
    );
    for (const row of rows) {
      const id = PREFIX_FORM.exec(String(row['prefix']))?.[1];
      // What is no sealed text opens with no key: its grant is FAILED, and no start is refused for it.
      if (id === undefined) continue;
      counts.set(id, (counts.get(id) ?? 0) + Number(row['number']));
    }
  }
  return counts;
}

/** Throws StoreKeyError if there are values that these keys (null: none) cannot open. */
export async function checkKeys(database: Queries, keys: SealingKeys | null): Promise<void> {
  const used = [...(await keysInUse(database))];
  const missing = used.filter(([id]) => keys?.byId.has(id) !== true);
  if (missing.length === 0) return;
  const listed = missing.map(([id, count]) => `${count} sealed with the key ${id}`).join(', ');
  const given = keys === null ? 'none' : [...keys.byId.keys()].join(', ');
  throw new StoreKeyError(
    `the store of grants has values that cannot be opened: ${listed}; keys given: ${given}`,
  );
}

/** Does what GrantStore.reseal says. Each value changes only if it is still the one that was read. */
export async function resealAll(
  database: Database,
  keys: SealingKeys,
  progress: (count: number) => void,
): Promise<Resealed> {
  const unreadable: string[] = [];
  let count = 0;
  for (const { sealedTable, column } of sealedColumns())
    for await (const row of otherwiseSealed(database, { sealedTable, column, firstKey: keys.first.id })) {
      const isDone = await resealOne(database, keys, { sealedTable, column, row });
      count += isDone ? 1 : 0;
      if (isDone) progress(count);
      else unreadable.push(`${sealedTable.place}/${row[sealedTable.key]}/${column}`);
    }
  return { key: keys.first.id, count, unreadable };
}

/** Gives the rows whose value in a column another key than the first sealed. */
async function* otherwiseSealed(
  database: Queries,
  { sealedTable, column, firstKey }: { sealedTable: SealedTable; column: string; firstKey: string },
): AsyncGenerator<Row> {
  const { table, key, bound } = sealedTable;
  for (let after = ''; ;) {
    const rows = await database.read(
      `SELECT ${[key, ...bound, column].join(', ')} FROM ${table} WHERE ${key} > ?
       AND substr(${column}, 1, ${PREFIX_LENGTH}) <> ? ORDER BY ${key} LIMIT ${BATCH}`,
      [after, `sealed:v1:${firstKey}:`],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield* rows;
    after = String(last[key]);
  }
}

interface SealedCell {
  readonly sealedTable: SealedTable;
  readonly column: string;
  readonly row: Row;
}

/** Tells whether a value is no concern any more: it was sealed again, or somebody wrote another in its place. */
async function resealOne(
  database: Database,
  keys: SealingKeys,
  { sealedTable, column, row }: SealedCell,
): Promise<boolean> {
  const sealed = String(row[column]);
  const place = placeOf(sealedTable, row, column);
  const opened = open(sealed, place, keys);
  if (!(opened instanceof Hidden)) return false;
  const { table, key } = sealedTable;
  await database.write(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ? AND ${column} = ?`, [
    seal(opened.reveal(), place, keys),
    row[key] ?? null,
    sealed,
  ]);
  return true;
}

function sealedColumns(): { sealedTable: SealedTable; column: string }[] {
  return SEALED.flatMap((sealedTable) => sealedTable.columns.map((column) => ({ sealedTable, column })));
}
