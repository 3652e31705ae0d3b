import { Document, isMap, isScalar, parseDocument, Scalar, YAMLMap } from 'yaml';
import type { Pair } from 'yaml';
import type { Marks } from '../fetch/guarded-fetch.ts';
import { UsageError } from '../usage-error.ts';
import type { KeptSource } from './origin.ts';

/** A description as catalog.yaml declares it. */
export interface WrittenDescription {
  readonly document: string;
  readonly sha256: string;
  readonly source: (KeptSource & Partial<Marks>) | null;
}

/**
 * A catalog.yaml that is changed in place: what people wrote there, comments and order included, stays as it
 * is. Names of versions are always quoted: `2025-01` is a date to some readers, and `1.10` a number.
 */
export class CatalogFile {
  readonly #document: Document;

  private constructor(document: Document) {
    this.#document = document;
  }

  /** Gives the file for its text. Throws a UsageError where it is not YAML with a mapping. */
  static read(text: string, path: string): CatalogFile {
    const document = parseDocument(text, { keepSourceTokens: false });
    const [fault] = document.errors;
    if (fault !== undefined || !isMap(document.contents)) {
      throw new UsageError(
        `${path} cannot be changed: ${fault?.message.split('\n')[0] ?? 'it holds no mapping'}`,
      );
    }
    return new CatalogFile(document);
  }

  /** Gives a new file for a catalog. */
  static create(
    name: string,
    facts: { readonly title: string | null; readonly baseUrl: string | null },
  ): CatalogFile {
    const document = new Document({
      catalog: name,
      ...(facts.title === null ? {} : { title: facts.title }),
      ...(facts.baseUrl === null ? {} : { base_url: facts.baseUrl }),
    });
    document.commentBefore = SCHEMA_LINE;
    return new CatalogFile(document);
  }

  /** Gives the names of the versions in their order. */
  versions(): string[] {
    return this.#map(['versions'])?.items.map(nameOf) ?? [];
  }

  /** Tells whether descriptions stand beside the versions, for a catalog that has none. */
  hasSharedDescriptions(): boolean {
    return this.#document.has('descriptions');
  }

  /** Gives the names of the variables that stand in the file, for a version too where one is named. */
  variables(version: string | null): string[] {
    const paths = [['variables'], ...(version === null ? [] : [['versions', version, 'variables']])];
    return paths.flatMap((path) => this.#map(path)?.items.map(nameOf) ?? []);
  }

  text(key: string): string | null {
    const value: unknown = this.#document.get(key);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  }

  /** Gives the descriptions of a version by name. Those without a document are left out. */
  descriptions(version: string): Map<string, WrittenDescription> {
    const found = new Map<string, WrittenDescription>();
    for (const pair of this.#map(['versions', version, 'descriptions'])?.items ?? []) {
      const written: unknown = isMap(pair.value) ? pair.value.toJSON() : null;
      const description = readDescription(written);
      if (description !== null) found.set(nameOf(pair), description);
    }
    return found;
  }

  /** Adds a description to a version, which is made where it is not there yet. */
  setDescription(version: string, name: string, description: WrittenDescription): void {
    const descriptions = this.#made(['versions', version, 'descriptions']);
    const before = pairOf(descriptions, name);
    if (before !== null && isMap(before.value)) {
      // What people added to it, such as base_path, stays.
      before.value.delete('source');
      for (const [key, value] of Object.entries(withoutNulls(description))) {
        before.value.set(key, this.#document.createNode(value));
      }
    } else {
      const node = this.#document.createNode(withoutNulls(description));
      descriptions.items.push(this.#document.createPair(name, node));
    }
  }

  /** Adds a version with everything that another one declares. */
  copyVersion(from: string, to: string): void {
    const versions = this.#made(['versions']);
    const before = pairOf(versions, from);
    const copy = before !== null && isMap(before.value) ? before.value.clone() : new YAMLMap();
    versions.items.push(this.#document.createPair(quoted(to), copy));
  }

  setDefaultVersion(version: string): void {
    this.#document.set('default_version', quoted(version));
  }

  toString(): string {
    return this.#document.toString({ lineWidth: 0 });
  }

  #map(path: readonly string[]): YAMLMap | null {
    let node: unknown = this.#document.contents;
    for (const name of path) node = isMap(node) ? pairOf(node, name)?.value : null;
    return isMap(node) ? node : null;
  }

  #made(path: readonly string[]): YAMLMap {
    let node = this.#document.contents as YAMLMap;
    for (const [index, name] of path.entries()) {
      const pair = pairOf(node, name);
      if (pair !== null && isMap(pair.value)) {
        node = pair.value;
        continue;
      }
      const made = new YAMLMap();
      if (pair !== null) pair.value = made;
      else node.items.push(this.#document.createPair(index === 1 ? quoted(name) : name, made));
      node = made;
    }
    return node;
  }
}

const SCHEMA_LINE = ' yaml-language-server: $schema=../../node_modules/gw/docs/schema/catalog.schema.json';

function quoted(text: string): Scalar {
  const scalar = new Scalar(text);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

function pairOf(map: YAMLMap, name: string): Pair | null {
  return map.items.find((pair) => nameOf(pair) === name) ?? null;
}

/** A name as the compiler reads it: the text that stands there, not the number that YAML may take it for. */
function nameOf({ key }: Pair): string {
  if (!isScalar(key)) return String(key);
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

function readDescription(written: unknown): WrittenDescription | null {
  if (typeof written !== 'object' || written === null) return null;
  const { document, sha256, source } = written as Readonly<Record<string, unknown>>;
  if (typeof document !== 'string') return null;
  return { document, sha256: typeof sha256 === 'string' ? sha256 : '', source: readSource(source) };
}

function readSource(written: unknown): WrittenDescription['source'] {
  if (typeof written !== 'object' || written === null) return null;
  const { url, directory, etag, last_modified } = written as Readonly<Record<string, unknown>>;
  if (typeof directory === 'string') return { directory };
  if (typeof url !== 'string') return null;
  const marks = { etag: textOr(etag), last_modified: textOr(last_modified) };
  return { url, ...marks };
}

function textOr(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function withoutNulls(value: object): Record<string, unknown> {
  const entries = Object.entries(value as Readonly<Record<string, unknown>>)
    .filter(([, one]) => one !== null && one !== undefined)
    .map(([key, one]): [string, unknown] => [
      key,
      typeof one === 'object' && one !== null ? withoutNulls(one) : one,
    ]);
  return Object.fromEntries(entries);
}
