import { readFault } from '../1-read/read-fault.ts';
import type { CompileCache } from '../1-read/compile-cache.ts';
import type { CatalogFolder } from '../1-read/workspace.ts';
import { parseYaml } from '../2-parse/parse-yaml.ts';
import type { Node } from '../2-parse/tree.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { didYouMean } from '../../table/rules/nearest-name.ts';
import { quote } from '../diagnostic/quote.ts';
import { CATALOG_FILE, OVERRIDABLE_KEYS } from '../fields/catalog-fields.ts';
import type { CatalogFields, CatalogVersionFields, DescriptionFields } from '../fields/catalog-fields.ts';
import type { Field, Named } from '../fields/field.ts';
import type { RecordShape } from '../fields/shape.ts';
import { readFields } from '../2-parse/read-fields.ts';
import type { FieldReader } from '../2-parse/read-scalar.ts';
import { Source } from '../source/source.ts';
import { wholeSource } from '../source/span.ts';
import type { Span } from '../source/span.ts';
import { applySeverities } from './check-severities.ts';
import { contentDigest } from '../2-parse/openapi/set-digest.ts';
import { mergeFields } from './merge-fields.ts';
import { loadDescription } from './load-description.ts';
import type { LoadedDescription } from './load-description.ts';
import type { CatalogModel, CatalogVersion, DescriptionModel } from './model.ts';

/** What catalogs are read with; the files of families are read once for all that extend them. */
export interface CatalogReader {
  readonly reader: FieldReader;
  readonly cache: CompileCache | null;
  readonly folders: readonly CatalogFolder[];
  readonly files: Map<string, CatalogFile | null>;
}

/** A catalog.yaml as it was written. */
interface CatalogFile {
  readonly fields: CatalogFields;
  readonly at: Span;
}

/** A catalog without its documents. */
export type CatalogFacts = Omit<CatalogModel, 'versions'> & {
  /** The folder of the family that it extends. */
  readonly family: CatalogFolder | null;
  readonly versions: readonly Omit<CatalogVersion, 'descriptions'>[];
};

function catalogPath(folder: CatalogFolder): string {
  return `${folder.path}/catalog.yaml`;
}

/** Gives a catalog with the descriptions of each of its versions, or null when catalog.yaml is unusable. */
export async function readCatalog(
  folder: CatalogFolder,
  catalogs: CatalogReader,
): Promise<CatalogModel | null> {
  const facts = readCatalogFacts(folder, catalogs);
  if (facts === null) return null;
  const { family, ...read } = facts;
  const report = applySeverities(read.fields.rules?.value, catalogs.reader.report);
  const { reader, cache } = catalogs;
  const loader: Loader = { folder, family, reader: { ...reader, report }, cache, loaded: new Map() };
  const versions: CatalogVersion[] = [];
  for (const version of read.versions) {
    const own = ownFields(read.fields, version.version);
    // One after the other: two large documents at once would stand in memory together.
    versions.push({
      ...version,
      descriptions: await readDescriptions(own.descriptions ?? read.fields.descriptions, loader),
    });
  }
  return { ...read, versions };
}

/** Gives a catalog over the family that it extends, no document of it read; null when catalog.yaml is unusable. */
export function readCatalogFacts(folder: CatalogFolder, catalogs: CatalogReader): CatalogFacts | null {
  const file = readFile(folder, catalogs);
  if (file === null) return null;
  const family = familyOf(folder, file.fields, catalogs);
  if (family === 'faulty') return null;
  const fields = family === null ? file.fields : extended(file.fields, family);
  const { name, origin } = folder;
  const names = [...(fields.versions?.value?.keys() ?? [])];
  const versions = (names.length === 0 ? [null] : names).map((version) => {
    const own = ownFields(fields, version);
    const facts = Object.assign({}, ...OVERRIDABLE_KEYS.map((key) => pick(key, own, fields)));
    return { catalog: { name, origin }, version, facts: facts as CatalogVersionFields };
  });
  return { name, origin, at: file.at, fields, versions, family: family?.folder ?? null };
}

/** Gives what a version itself says. */
function ownFields(fields: CatalogFields, version: string | null): CatalogVersionFields {
  return (version === null ? undefined : fields.versions?.value?.get(version)?.value) ?? {};
}

function readFile(folder: CatalogFolder, { reader, files }: CatalogReader): CatalogFile | null {
  const before = files.get(folder.name);
  if (before !== undefined) return before;
  const file = parseFile(folder, reader);
  files.set(folder.name, file);
  return file;
}

function parseFile(folder: CatalogFolder, reader: FieldReader): CatalogFile | null {
  const path = catalogPath(folder);
  const read = folder.readCatalog();
  if ('fault' in read) {
    reader.report(readFault(path, read.fault));
    return null;
  }
  const source = new Source(path, read.text);
  const { root, broken } = parseYaml(source, reader.report);
  const fields = broken ? undefined : readFields(root ?? nothing(source), CATALOG_FILE, reader);
  return fields === undefined ? null : { fields, at: wholeSource(source) };
}

/** The family that a catalog extends. */
interface Family {
  readonly folder: CatalogFolder;
  readonly file: CatalogFile;
}

/** Gives the family of a catalog: null where it has none, `faulty` where it cannot have it. That was reported then. */
function familyOf(
  folder: CatalogFolder,
  own: CatalogFields,
  catalogs: CatalogReader,
): Family | null | 'faulty' {
  const written = own.extends;
  if (written === undefined) return null;
  if (written.value === undefined) return 'faulty';
  const name = written.value;
  const parent = name === folder.name ? undefined : catalogs.folders.find((one) => one.name === name);
  if (parent === undefined) {
    const others = catalogs.folders.map((one) => one.name).filter((one) => one !== folder.name);
    catalogs.reader.report(
      diagnostic('GW6020', written.span, {
        message: `${quote(name)} is not another catalog here`,
        label: didYouMean(name, others),
        help: 'name a catalog that says `abstract: true`',
      }),
    );
    return 'faulty';
  }
  const file = readFile(parent, catalogs);
  if (file === null) return 'faulty';
  const fault = familyFault(file.fields);
  if (fault === null) return { folder: parent, file };
  catalogs.reader.report(
    folder.origin === 'built-in' && parent.origin === 'folder'
      ? replacedFamily(name, { fault, at: file.at, by: folder.name })
      : diagnostic('GW6020', written.span, {
          message: `${quote(name)} ${fault}`,
          help: 'name a catalog that says `abstract: true`',
        }),
  );
  return 'faulty';
}

/** A folder of a family's name takes its place for the built-in catalogs too, and can be mended only there. */
function replacedFamily(
  name: string,
  { fault, at, by }: { readonly fault: string; readonly at: Span; readonly by: string },
): Diagnostic {
  return diagnostic(
    'GW6020',
    { ...at, end: at.start },
    {
      message: `this replaces the built-in family ${quote(name)}, which ${quote(by)} extends, and ${fault}`,
      help: 'name the folder otherwise, or say `abstract: true`',
    },
  );
}

/** Gives a catalog's fields over those of its family. */
function extended(own: CatalogFields, { file }: Family): CatalogFields {
  const { catalog: _name, abstract: _abstract, ...inherited } = file.fields;
  return mergeFields(inherited, own, CATALOG_FILE as RecordShape);
}

function familyFault({ abstract, extends: further }: CatalogFields): string | null {
  if (abstract?.value !== true) return 'is not abstract, so it cannot be extended';
  return further === undefined ? null : 'extends a catalog itself, and families go one level deep';
}

/** An empty file: its required key is then missing. */
function nothing(source: Source): Node {
  return { kind: 'scalar', span: wholeSource(source), value: null, written: '' };
}

interface Loader {
  readonly folder: CatalogFolder;
  readonly family: CatalogFolder | null;
  readonly reader: FieldReader;
  readonly cache: CompileCache | null;
  /** Documents by the paths of their folders and their own: versions may share one. */
  readonly loaded: Map<string, LoadedDescription | null>;
}

function pick<K extends keyof CatalogVersionFields>(
  key: K,
  own: CatalogVersionFields,
  shared: CatalogVersionFields,
): Pick<CatalogVersionFields, K> {
  const field = own[key] ?? shared[key];
  return (field === undefined ? {} : { [key]: field }) as Pick<CatalogVersionFields, K>;
}

async function readDescriptions(
  descriptions: Field<Named<DescriptionFields>> | undefined,
  loader: Loader,
): Promise<DescriptionModel[]> {
  const models: DescriptionModel[] = [];
  for (const [name, field] of descriptions?.value ?? []) {
    const document = field.value?.document;
    if (field.value === undefined || document?.value === undefined) continue;
    // One after the other: two large documents at once would stand in memory together.
    const loaded = await load(document.value, document, loader);
    models.push({
      name,
      key: field.key,
      fields: field.value,
      sha256: loaded?.sha256 ?? '',
      rootSha256: loaded?.rootSha256 ?? '',
      content: loaded === null ? '' : contentDigest(document.value, loaded.files),
      description: loaded?.description ?? null,
      get records() {
        return loaded?.records() ?? null;
      },
    });
  }
  return models.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function load(path: string, named: Field<string>, loader: Loader): Promise<LoadedDescription | null> {
  const { reader, cache } = loader;
  const folder = folderOf(named, loader);
  const key = `${folder.path}/${path}`;
  const before = loader.loaded.get(key);
  if (before !== undefined) return before;
  const loaded = await loadDescription(folder, path, cache);
  if ('fault' in loaded) {
    reader.report(readFault(path, loaded.fault, named.span));
    loader.loaded.set(key, null);
    return null;
  }
  for (const one of loaded.diagnostics) reader.report(one);
  loader.loaded.set(key, loaded);
  return loaded;
}

/** A document is in the folder of the file that names it: the catalog's own, or its family's. */
function folderOf(named: Field<string>, { folder, family }: Loader): CatalogFolder {
  return family !== null && named.span.source.path === catalogPath(family) ? family : folder;
}
