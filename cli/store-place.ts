import { holdsPassword, readUrlParts, shownUrl } from '../compiler/fields/written.ts';
import type { UrlParts } from '../compiler/fields/written.ts';
import { Hidden } from '../runtime/hidden.ts';
import { resolveUrl } from '../runtime/load/resolve-secrets.ts';
import type { SealingKeys } from '../runtime/sealing/sealing-keys.ts';
import { isStoreUrl } from '../table/rules/store-url.ts';
import type { UrlTemplate } from '../table/types.ts';
import { loadTable } from './load-table.ts';
import { UsageError } from './usage-error.ts';

/** Where the store is: as a table has it, or by its URL. */
export interface StorePlace {
  readonly table: string;
  readonly store?: string;
}

/** Gives the URL of a store, what it refers to resolved. Throws a UsageError. */
export async function placedStoreUrl(
  { table, store }: StorePlace,
  keys: SealingKeys | null,
): Promise<Hidden<string>> {
  const template = store === undefined ? await storeOfTable(table) : templateOf(store);
  const url = await resolveUrl(template, { environment: process.env, keys });
  if (url instanceof Hidden) return url;
  throw new UsageError(
    url.map(({ reference, at, why }) => `${reference} of the store (${at}): ${why}`).join('\n'),
  );
}

async function storeOfTable(folder: string): Promise<UrlTemplate> {
  const loaded = await loadTable(folder, 'name the store with --store');
  loaded.close();
  return loaded.table.gateway.store;
}

/** A command line can be read by everybody on the machine, so a password in it is refused. */
function templateOf(written: string): UrlTemplate {
  const parts = readUrlParts(written);
  if (parts === null || !isStoreUrl(shownUrl(parts)))
    throw new UsageError('--store takes `sqlite:PATH` or postgres://…, references such as ${env:NAME} in it');
  if (holdsPassword(parts))
    throw new UsageError('a password on the command line is no secret: write ${env:NAME} in its place');
  return parts.map(partOf);
}

function partOf({ kind, text }: UrlParts[number]): UrlTemplate[number] {
  if (kind === 'env') return { env: text, at: '--store' };
  return kind === 'file' ? { file: text, at: '--store' } : text;
}
