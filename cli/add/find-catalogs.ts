import type { CatalogFacts } from '../../compiler/3-resolve/read-catalog.ts';
import { byNearness, nearestName } from '../../table/rules/nearest-name.ts';
import { oneLine } from '../ops/one-line.ts';
import { usualFacts } from '../catalog/usable-catalogs.ts';
import { waysOf } from './ways.ts';

/** Gives the catalogs that hold every word in name, title, or the host of their documentation or API; those whose name is nearest first. */
export function findCatalogs(catalogs: readonly CatalogFacts[], words: readonly string[]): CatalogFacts[] {
  const wanted = words.map((word) => word.toLowerCase());
  const found = catalogs.filter((catalog) => {
    const text = searched(catalog);
    return wanted.every((word) => text.includes(word));
  });
  const order = byNearness(
    wanted.join('-'),
    found.map(({ name }) => name),
  );
  return order.flatMap((name) => found.filter((catalog) => catalog.name === name));
}

/** Gives the name that was probably meant, or null. */
export function nearestCatalog(catalogs: readonly CatalogFacts[], words: readonly string[]): string | null {
  return nearestName(
    words.join('-'),
    catalogs.map(({ name }) => name),
  );
}

function searched(catalog: CatalogFacts): string {
  const { title, docs, base_url: baseUrl } = usualFacts(catalog);
  const hosts = [docs?.value, baseUrl?.value].map((url) => /^[a-z]+:\/\/([^/]*)/i.exec(url ?? '')?.[1]);
  return [catalog.name, title?.value, ...hosts].join(' ').toLowerCase();
}

/** One catalog, as it is listed. */
export interface ListedCatalog {
  readonly catalog: string;
  readonly origin: CatalogFacts['origin'];
  readonly title: string | null;
  readonly base_url: string | null;
  /** The ways to authenticate, as `--auth` takes them. */
  readonly auth: readonly string[];
}

/** Gives what is listed of a catalog. */
export function listedCatalog(catalog: CatalogFacts): ListedCatalog {
  const facts = usualFacts(catalog);
  return {
    catalog: catalog.name,
    origin: catalog.origin,
    title: facts.title?.value ?? null,
    base_url: facts.base_url?.value ?? null,
    auth: waysOf(facts).map(({ key }) => key),
  };
}

/** Gives a list of catalogs as lines. */
export function renderListed(listed: readonly ListedCatalog[]): string {
  const rows = listed.map(({ catalog, title, auth }) => [catalog, oneLine(title ?? '', 40), auth.join(' ')]);
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
