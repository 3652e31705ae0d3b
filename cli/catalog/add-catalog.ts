import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCatalogName } from '../../compiler/4-check/catalog-names.ts';
import type { FetchOptions } from '../fetch/guarded-fetch.ts';
import { packageRoot } from '../package-root.ts';
import { UsageError } from '../usage-error.ts';
import { CatalogFile } from './catalog-file.ts';
import { collectDocuments } from './collect-documents.ts';
import { declareDocuments } from './declare-documents.ts';
import { factsOf } from './facts-of.ts';
import { originOf } from './origin-of.ts';
import { replaceFile } from './write-documents.ts';

/** What is added, and where. */
export interface Addition {
  /** The folder that holds catalogs/. */
  readonly dir: string;
  readonly catalog: string;
  readonly source: string;
  readonly version: string;
  readonly description: string;
}

/** What was done, for people. */
export interface Done {
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Copies an OpenAPI document with what it refers to beside a catalog.yaml, and declares it there with its
 * SHA-256. Everything is read and checked before anything is written. Throws a UsageError.
 */
export async function addCatalog(addition: Addition, options: FetchOptions): Promise<Done> {
  const { dir, catalog, version, description } = addition;
  checkNames(addition);
  const folder = join(dir, 'catalogs', catalog);
  const path = join(folder, 'catalog.yaml');
  const before = existsSync(path) ? CatalogFile.read(readFileSync(path, 'utf8'), path) : null;
  if (before?.hasSharedDescriptions() === true)
    throw new UsageError(`${path} has descriptions beside its versions; move them into a version first`);
  if (before?.descriptions(version).has(description) === true)
    throw new UsageError(
      `${path} has ${JSON.stringify(description)} in version ${JSON.stringify(version)} already; name another --version or --description`,
    );
  const origin = originOf(addition.source, dir, options);
  const collecting = await collectDocuments(origin);
  if (!('collected' in collecting))
    throw new UsageError('fault' in collecting ? collecting.fault : `${addition.source} gave nothing`);
  const { collected } = collecting;
  const facts = factsOf(collected.value);
  const file = before ?? CatalogFile.create(catalog, facts);
  const kept = keepDefault(file, version);
  const declared = await declareDocuments(file, { ...addition, collected, kept: origin.kept });
  replaceFile(path, file.toString());
  const notes = [...declared.notes];
  if (kept !== null) notes.push(`connections without a version keep ${kept}: it is the default_version now`);
  if (before === null && isBuiltIn(catalog))
    notes.push(
      `${path} replaces the built-in catalog ${catalog} as a whole: write its ways to authenticate (auth) and its headers there too, or name yours otherwise`,
    );
  if (file.text('base_url') === null)
    notes.push(
      'the document names no absolute server: write base_url into catalog.yaml, or into connections',
    );
  return { lines: [declared.line, `wrote ${path}`], notes };
}

function isBuiltIn(catalog: string): boolean {
  return existsSync(join(packageRoot(), 'catalogs', catalog, 'catalog.yaml'));
}

/** With a second version the first stays the default, so that nothing changes for its connections. */
export function keepDefault(file: CatalogFile, version: string): string | null {
  const versions = file.versions();
  const [only] = versions;
  if (only === undefined || versions.length > 1 || only === version) return null;
  if (file.text('default_version') !== null) return null;
  file.setDefaultVersion(only);
  return only;
}

const FOLDER_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,62}[A-Za-z0-9])?$/;

function checkNames({ catalog, version, description }: Addition): void {
  if (!isCatalogName(catalog))
    throw new UsageError(
      `${JSON.stringify(catalog)} cannot be the name of a catalog: up to 100 of a-z, 0-9 and "-", with a letter or digit at either end`,
    );
  checkVersion(version);
  if (!FOLDER_NAME.test(description)) throw new UsageError(notAName('--description', description));
}

/** Versions are names of folders too. Throws a UsageError. */
export function checkVersion(version: string): void {
  if (!FOLDER_NAME.test(version)) throw new UsageError(notAName('--version', version));
}

function notAName(flag: string, text: string): string {
  return `${flag} takes up to 64 letters, digits, ".", "_", "+" and "-", with a letter or digit at either end, not ${JSON.stringify(text)}`;
}
