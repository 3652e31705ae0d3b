import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DescriptionRecords } from '../../table/operations.ts';
import type { FetchOptions } from '../fetch/guarded-fetch.ts';
import { oneLine } from '../ops/one-line.ts';
import { UsageError } from '../usage-error.ts';
import { checkVersion, keepDefault } from './add-catalog.ts';
import type { Done } from './add-catalog.ts';
import { CatalogFile } from './catalog-file.ts';
import type { WrittenDescription } from './catalog-file.ts';
import { collectDocuments } from './collect-documents.ts';
import type { Collected } from './collect-documents.ts';
import { compareOperations } from './compare-operations.ts';
import type { Change } from './compare-operations.ts';
import { declareDocuments } from './declare-documents.ts';
import { directoryOrigin } from './directory-origin.ts';
import { factsOf } from './facts-of.ts';
import { urlOrigin } from './origin.ts';
import type { KeptSource, Origin } from './origin.ts';
import { catalogsOf, readVersion } from './read-versions.ts';
import { areWritten, placesOf, replaceFile } from './write-documents.ts';

/** What is updated. */
export interface Update {
  readonly dir: string;
  readonly catalog: string;
  /** The new version's name; without it the document's own. */
  readonly version: string | undefined;
}

interface Fetched {
  readonly name: string;
  readonly origin: Origin;
  readonly collected: Collected;
}

/**
 * Fetches the documents of a catalog's last version again, and writes those that changed as a new version
 * beside it: nothing that connections use changes. Documents that were marked are asked for with their marks
 * (RFC 9110 13.1). Gives what changed, for people. Throws a UsageError.
 */
export async function updateCatalog(update: Update, options: FetchOptions): Promise<Done> {
  const folder = join(update.dir, 'catalogs', update.catalog);
  const path = join(folder, 'catalog.yaml');
  const file = readCatalogFile(path, update.catalog);
  const last = file.versions().at(-1);
  if (last === undefined) throw new UsageError(`${path} has no versions; add one with gw catalog add`);
  const fetched = await fetchChanged({ file, last, folder }, update.dir, options);
  const [first] = fetched;
  if (first === undefined) return { lines: [`${update.catalog}@${last} is unchanged`], notes: [] };
  const version = newVersion(update.version, first.collected, file.versions());
  const kept = keepDefault(file, version);
  file.copyVersion(last, version);
  const lines: string[] = [];
  const notes: string[] = [];
  for (const { name, collected, origin } of fetched) {
    const { dir, catalog } = update;
    const declaring = { dir, catalog, version, description: name, collected, kept: origin.kept };
    const declared = await declareDocuments(file, declaring);
    lines.push(declared.line);
    notes.push(...declared.notes);
  }
  replaceFile(path, file.toString());
  lines.push(`wrote ${path}`, ...(await changesBetween(update, last, version)));
  const chosen = file.text('default_version') ?? last;
  return {
    lines,
    notes: [
      ...notes,
      `connections without a version keep ${kept ?? chosen}: set default_version to ${version} when they are to move`,
    ],
  };
}

function readCatalogFile(path: string, catalog: string): CatalogFile {
  try {
    return CatalogFile.read(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`there is no catalog ${JSON.stringify(catalog)} here: ${path} cannot be read`);
  }
}

async function fetchChanged(
  { file, last, folder }: { readonly file: CatalogFile; readonly last: string; readonly folder: string },
  dir: string,
  options: FetchOptions,
): Promise<Fetched[]> {
  const fetched: Fetched[] = [];
  let sources = 0;
  for (const [name, { source, document }] of file.descriptions(last)) {
    if (source === null) continue;
    sources += 1;
    // Of several files the marks are those of the first: another may have changed.
    const isSeveral = document.startsWith(`${last}/${name}/`);
    const origin = originAgain(isSeveral ? unmarked(source) : source, dir, options);
    const collecting = await collectDocuments(origin);
    if ('fault' in collecting) throw new UsageError(`${name}: ${collecting.fault}`);
    if ('unchanged' in collecting) continue;
    const { collected } = collecting;
    if (areWritten(folder, placesOf(last, name, collected), collected)) continue;
    fetched.push({ name, origin, collected });
  }
  if (sources === 0)
    throw new UsageError(
      `the documents of version ${last} were added from files, so there is nowhere to fetch them from; add new ones with gw catalog add NAME SOURCE --version V`,
    );
  return fetched;
}

function unmarked(source: KeptSource): KeptSource {
  return 'url' in source ? { url: source.url } : source;
}

/** Gives a description's origin again, with the marks of the answer that is here. */
function originAgain(
  source: NonNullable<WrittenDescription['source']>,
  dir: string,
  options: FetchOptions,
): Origin {
  if ('directory' in source) return directoryOrigin(dir, source.directory);
  const known = { etag: source.etag ?? null, last_modified: source.last_modified ?? null };
  if (!URL.canParse(source.url)) throw new UsageError(`${JSON.stringify(source.url)} is not a URL`);
  return urlOrigin(source.url, { ...options, known });
}

function newVersion(given: string | undefined, collected: Collected, versions: readonly string[]): string {
  const version = given ?? factsOf(collected.value).version;
  if (version === null || (given === undefined && versions.includes(version)))
    throw new UsageError(
      `the document changed, and still calls itself ${version ?? 'nothing'}; name the new version with --version`,
    );
  checkVersion(version);
  if (versions.includes(version))
    throw new UsageError(`there is a version ${JSON.stringify(version)} already; name another --version`);
  return version;
}

const CHANGES_SHOWN = 200;

async function changesBetween(update: Update, last: string, version: string): Promise<string[]> {
  const catalogs = catalogsOf(update.dir);
  const catalog = catalogs.find(({ name }) => name === update.catalog);
  if (catalog === undefined) return [];
  const before = await readVersion(catalog, last, catalogs);
  const after = await readVersion(catalog, version, catalogs);
  if (before.descriptions === null || after.descriptions === null) {
    const faulty = before.descriptions === null ? last : version;
    return [`${faulty} has faults, so what changed cannot be told: see gw check`];
  }
  const old = new Map(before.descriptions.map((one) => [one.name, one.records()]));
  const changes = after.descriptions.flatMap(({ name, records }) =>
    compareOperations(old.get(name) ?? NOTHING, records()),
  );
  return changeLines(changes, last);
}

const NOTHING: DescriptionRecords = { title: null, summary: null, operations: [], schemas: [] };

/** Gives changes as lines, the count of each kind first, then those that break callers. */
function changeLines(changes: readonly Change[], last: string): string[] {
  const count = (kind: Change['kind']): number => changes.filter((one) => one.kind === kind).length;
  const counts = `${count('added')} added, ${count('removed')} removed, ${count('changed')} changed`;
  const breaking = changes.filter((one) => one.breaks.length > 0).length;
  const signs = { added: '+', removed: '-', changed: '~' };
  const lines = changes.slice(0, CHANGES_SHOWN).map(({ kind, method, path, id, parts, breaks }) => {
    const what = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
    const why = kind === 'changed' && breaks.length > 0 ? `: ${oneLine(breaks.join(', '), 300)}` : '';
    return `${breaks.length > 0 ? '!' : ' '} ${signs[kind]} ${oneLine(`${method} ${path}`)}  ${oneLine(id)}${what}${why}`;
  });
  const more = changes.length - lines.length;
  return [
    `operations since ${last}: ${counts}; ${breaking} break${breaking === 1 ? 's' : ''} callers`,
    ...lines,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
