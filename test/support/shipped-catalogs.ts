import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The folder of the catalogs that ship. */
export const SHIPPED: string = fileURLToPath(new URL('../../catalogs', import.meta.url));

/** What tests look at in a catalog's file, with what its family gives. */
export interface ShippedCatalog {
  readonly name: string;
  /** Keys of `auth`. */
  readonly ways: readonly string[];
  readonly variables: Readonly<Record<string, { readonly from?: string }>>;
  /** Every base_url: its own, those of further hosts, those of ways to authenticate. */
  readonly baseUrls: readonly string[];
}

interface Written {
  readonly extends?: string;
  readonly abstract?: boolean;
  readonly base_url?: string;
  readonly variables?: ShippedCatalog['variables'];
  readonly hosts?: readonly { readonly base_url: string }[];
  readonly auth?: Readonly<Record<string, { readonly base_url?: string }>>;
}

/** Gives the catalogs that connections can name, in the order of their names. */
export function shippedCatalogs(): ShippedCatalog[] {
  return readdirSync(SHIPPED).flatMap((name) => {
    const own = written(name);
    if (own.abstract === true) return [];
    const family: Written = own.extends === undefined ? {} : written(own.extends);
    const auth = { ...family.auth, ...own.auth };
    const hosts = own.hosts ?? family.hosts ?? [];
    return {
      name,
      ways: Object.keys(auth),
      variables: { ...family.variables, ...own.variables },
      baseUrls: [
        own.base_url ?? family.base_url ?? [],
        hosts.map(({ base_url }) => base_url),
        Object.values(auth).map(({ base_url }) => base_url ?? []),
      ].flat(2),
    };
  });
}

function written(name: string): Written {
  return parse(readFileSync(join(SHIPPED, name, 'catalog.yaml'), 'utf8')) as Written;
}
