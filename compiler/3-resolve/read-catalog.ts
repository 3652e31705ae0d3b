import { readFault } from '../1-read/read-fault.ts';
import type { CompileCache } from '../1-read/compile-cache.ts';
import type { CatalogFolder } from '../1-read/workspace.ts';
import { parseYaml } from '../2-parse/parse-yaml.ts';
import type { Node } from '../2-parse/tree.ts';
import { CATALOG_FILE } from '../fields/catalog-fields.ts';
import type { CatalogFields, CatalogVersionFields, DescriptionFields } from '../fields/catalog-fields.ts';
import type { Field, Named } from '../fields/field.ts';
import { readFields } from '../2-parse/read-fields.ts';
import type { FieldReader } from '../2-parse/read-scalar.ts';
import { Source } from '../source/source.ts';
import { wholeSource } from '../source/span.ts';
import { applySeverities } from './check-severities.ts';
import { contentDigest } from '../2-parse/openapi/set-digest.ts';
import { loadDescription } from './load-description.ts';
import type { LoadedDescription } from './load-description.ts';
import type { CatalogModel, CatalogVersion, DescriptionModel } from './model.ts';

/** Gives a catalog with the descriptions of each of its versions, or null when catalog.yaml is unusable. */
export async function readCatalog(
  folder: CatalogFolder,
  reader: FieldReader,
  cache: CompileCache | null,
): Promise<CatalogModel | null> {
  const path = `${folder.path}/catalog.yaml`;
  const read = folder.readCatalog();
  if ('fault' in read) {
    reader.report(readFault(path, read.fault));
    return null;
  }
  const source = new Source(path, read.text);
  const { root, broken } = parseYaml(source, reader.report);
  const fields = broken ? undefined : readFields(root ?? nothing(source), CATALOG_FILE, reader);
  if (fields === undefined) return null;
  const report = applySeverities(fields.rules?.value, reader.report);
  const loader: Loader = { folder, reader: { ...reader, report }, cache, loaded: new Map() };
  return {
    name: folder.name,
    origin: folder.origin,
    at: wholeSource(source),
    fields,
    versions: await versionsOf(fields, loader),
  };
}

/** An empty file: its required key is then missing. */
function nothing(source: Source): Node {
  return { kind: 'scalar', span: wholeSource(source), value: null, written: '' };
}

interface Loader {
  readonly folder: CatalogFolder;
  readonly reader: FieldReader;
  readonly cache: CompileCache | null;
  /** Documents by their path: versions may share one. */
  readonly loaded: Map<string, LoadedDescription | null>;
}

async function versionsOf(fields: CatalogFields, loader: Loader): Promise<CatalogVersion[]> {
  const versions = [...(fields.versions?.value ?? [])];
  if (versions.length === 0) return [await versionOf(null, {}, fields, loader)];
  const models: CatalogVersion[] = [];
  for (const [name, version] of versions) {
    // One after the other: two large documents at once would stand in memory together.
    models.push(await versionOf(name, version.value ?? {}, fields, loader));
  }
  return models;
}

async function versionOf(
  version: string | null,
  own: CatalogVersionFields,
  shared: CatalogVersionFields,
  loader: Loader,
): Promise<CatalogVersion> {
  const descriptions = own.descriptions ?? shared.descriptions;
  return {
    catalog: { name: loader.folder.name, origin: loader.folder.origin },
    version,
    facts: {
      ...pick('title', own, shared),
      ...pick('base_url', own, shared),
      ...pick('default_headers', own, shared),
      ...pick('auth', own, shared),
      ...pick('verify', own, shared),
    },
    descriptions: await readDescriptions(descriptions, loader),
  };
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
  const before = loader.loaded.get(path);
  if (before !== undefined) return before;
  const { folder, reader, cache } = loader;
  const loaded = await loadDescription(folder, path, cache);
  if ('fault' in loaded) {
    reader.report(readFault(path, loaded.fault, named.span));
    loader.loaded.set(path, null);
    return null;
  }
  for (const one of loaded.diagnostics) reader.report(one);
  loader.loaded.set(path, loaded);
  return loaded;
}
