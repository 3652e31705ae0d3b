import { createHash } from 'node:crypto';
import { decodeText } from '../1-read/read-file-inside.ts';
import { readFault } from '../1-read/read-fault.ts';
import type { CatalogFolder } from '../1-read/workspace.ts';
import { parseDocument } from '../2-parse/parse-document.ts';
import { parseYaml } from '../2-parse/parse-yaml.ts';
import { readDescription } from '../2-parse/read-operations.ts';
import type { Description } from '../2-parse/read-operations.ts';
import type { Node } from '../2-parse/tree.ts';
import { CATALOG_FILE } from '../fields/catalog-fields.ts';
import type { CatalogFields, CatalogVersionFields, DescriptionFields } from '../fields/catalog-fields.ts';
import type { Field, Named } from '../fields/field.ts';
import { readFields } from '../2-parse/read-fields.ts';
import type { FieldReader } from '../2-parse/read-scalar.ts';
import { Source } from '../source/source.ts';
import { wholeSource } from '../source/span.ts';
import type { CatalogModel, CatalogVersion, DescriptionModel } from './model.ts';

/** Gives a catalog with the descriptions of each of its versions, or null when catalog.yaml is unusable. */
export async function readCatalog(folder: CatalogFolder, reader: FieldReader): Promise<CatalogModel | null> {
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
  const loader: Loader = { folder, reader, loaded: new Map() };
  return {
    name: folder.name,
    origin: folder.origin,
    at: wholeSource(source),
    fields,
    versions: versionsOf(fields, loader),
  };
}

/** An empty file: its required key is then missing. */
function nothing(source: Source): Node {
  return { kind: 'scalar', span: wholeSource(source), value: null, written: '' };
}

interface Loader {
  readonly folder: CatalogFolder;
  readonly reader: FieldReader;
  /** Documents by their path: versions may share one. */
  readonly loaded: Map<string, Loaded | null>;
}

interface Loaded {
  readonly sha256: string;
  readonly description: Description | null;
}

function versionsOf(fields: CatalogFields, loader: Loader): CatalogVersion[] {
  const versions = [...(fields.versions?.value ?? [])];
  if (versions.length === 0) return [versionOf(null, {}, fields, loader)];
  return versions.map(([name, version]) => versionOf(name, version.value ?? {}, fields, loader));
}

function versionOf(
  version: string | null,
  own: CatalogVersionFields,
  shared: CatalogVersionFields,
  loader: Loader,
): CatalogVersion {
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
    descriptions: readDescriptions(descriptions, loader),
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

function readDescriptions(
  descriptions: Field<Named<DescriptionFields>> | undefined,
  loader: Loader,
): DescriptionModel[] {
  const models: DescriptionModel[] = [];
  for (const [name, field] of descriptions?.value ?? []) {
    const document = field.value?.document;
    if (field.value === undefined || document?.value === undefined) continue;
    const loaded = load(document.value, document, loader);
    models.push({
      name,
      key: field.key,
      fields: field.value,
      sha256: loaded?.sha256 ?? '',
      description: loaded?.description ?? null,
    });
  }
  return models.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function load(path: string, named: Field<string>, loader: Loader): Loaded | null {
  const before = loader.loaded.get(path);
  if (before !== undefined) return before;
  const loaded = loadAnew(path, named, loader);
  loader.loaded.set(path, loaded);
  return loaded;
}

function loadAnew(path: string, named: Field<string>, { folder, reader }: Loader): Loaded | null {
  const read = folder.readDocument(path);
  if ('fault' in read) {
    reader.report(readFault(path, read.fault, named.span));
    return null;
  }
  const sha256 = createHash('sha256').update(read.bytes).digest('hex');
  const decoded = decodeText(read.bytes);
  if ('fault' in decoded) {
    reader.report(readFault(path, decoded.fault, named.span));
    return { sha256, description: null };
  }
  const document = parseDocument(`${folder.path}/${path}`, decoded.text, reader.report);
  return { sha256, description: document === null ? null : readDescription(document, reader.report) };
}
