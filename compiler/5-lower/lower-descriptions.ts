import { byCodeUnit } from '../../table/rules/by-code-unit.ts';
import type { DescriptionEntry } from '../../table/operations.ts';
import { encodeRecords } from '../../table/records/encode-records.ts';
import type { EncodedRecords } from '../../table/records/encode-records.ts';
import type { CompileCache } from '../1-read/compile-cache.ts';
import type { CatalogVersion, ConnectionModel, DescriptionModel } from '../3-resolve/model.ts';
import { readKeptSegment, writeKeptSegment } from './kept-segment.ts';
import type { MadeSegment } from './kept-segment.ts';
import { makeSegment } from './make-segment.ts';

/** The descriptions of a table, the file of their records, and which one a model became. */
export interface LoweredDescriptions {
  readonly entries: readonly DescriptionEntry[];
  readonly records: EncodedRecords;
  readonly indexOf: ReadonlyMap<DescriptionModel, number>;
}

interface Used {
  readonly version: CatalogVersion;
  readonly model: DescriptionModel;
}

/** Gives the descriptions that connections use, each once, in the order of their names. */
export async function lowerDescriptions(
  connections: readonly ConnectionModel[],
  cache: CompileCache | null,
): Promise<LoweredDescriptions> {
  const used = usedDescriptions(connections);
  const validated = validatedDocuments(connections);
  const made = new Map<string, MadeSegment>();
  const segments: MadeSegment[] = [];
  for (const { model } of used) {
    // Versions and catalogs may share a document: what it comes to stands once.
    const segment = made.get(model.content) ?? (await segmentOf(model, validated.has(model.content), cache));
    made.set(model.content, segment);
    segments.push(segment);
  }
  const encoded = encodeRecords(segments);
  const entries = used.map(({ version, model }, at): DescriptionEntry => {
    const segment = segments[at];
    const place = encoded.segments[at];
    if (segment === undefined || place === undefined) throw new Error('a description was not made');
    return {
      catalog: version.catalog.name,
      version: version.version,
      name: model.name,
      title: segment.title,
      summary: segment.summary,
      sha256: model.sha256,
      segment: place,
      ...segment.places,
    };
  });
  return { entries, records: encoded, indexOf: new Map(used.map(({ model }, at) => [model, at])) };
}

/** A segment depends on its documents alone: where it was kept, neither the records nor what indexes them are loaded. */
async function segmentOf(
  model: DescriptionModel,
  ahead: boolean,
  cache: CompileCache | null,
): Promise<MadeSegment> {
  const source = { content: model.content, ahead };
  const kept = cache === null ? null : readKeptSegment(cache, source);
  if (kept !== null) return kept;
  const { records } = model;
  if (records === null) throw new Error(`the description ${model.name} passed the checks and was not read`);
  const made = await makeSegment(records, ahead);
  if (cache !== null) writeKeptSegment(cache, source, made);
  return made;
}

function usedDescriptions(connections: readonly ConnectionModel[]): Used[] {
  // Each connection has those of its way to authenticate: the same one is in several lists.
  const used = new Map<DescriptionModel, Used>();
  for (const { catalog: version } of connections)
    for (const model of version?.descriptions ?? [])
      if (version !== null) used.set(model, { version, model });
  return [...used.values()].sort((one, other) => byCodeUnit(sortKey(one), sortKey(other)));
}

/** The documents that requests of some connection are checked against. */
function validatedDocuments(connections: readonly ConnectionModel[]): Set<string> {
  const validating = connections.filter(({ fields }) => (fields.validate?.value ?? 'off') !== 'off');
  return new Set(
    validating.flatMap(({ catalog }) => catalog?.descriptions.map((model) => model.content) ?? []),
  );
}

function sortKey({ version, model }: Used): string {
  return JSON.stringify([version.catalog.name, version.version, model.name]);
}
