import type { DescriptionEntry, DescriptionRecords } from '../../table/operations.ts';
import { encodeRecords } from '../../table/records/encode-records.ts';
import type { EncodedRecords, EncodedSegment } from '../../table/records/encode-records.ts';
import type { CatalogVersion, ConnectionModel, DescriptionModel } from '../3-resolve/model.ts';
import { makeSegment } from './make-segment.ts';
import { byCodeUnit } from './values.ts';

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
): Promise<LoweredDescriptions> {
  const used = usedDescriptions(connections);
  const made = new Map<DescriptionRecords, EncodedSegment>();
  const records = new Map<unknown, DescriptionRecords>();
  const segments: EncodedSegment[] = [];
  for (const { model } of used) {
    const known = records.get(model.description) ?? recordsOf(model);
    records.set(model.description, known);
    const segment = made.get(known) ?? (await makeSegment(known));
    made.set(known, segment);
    segments.push(segment);
  }
  const encoded = encodeRecords(segments);
  const entries = used.map(({ version, model }, at): DescriptionEntry => {
    const segment = segments[at];
    const place = encoded.segments[at];
    const from = records.get(model.description);
    if (segment === undefined || place === undefined || from === undefined)
      throw new Error('a description was not made');
    return {
      catalog: version.catalog.name,
      version: version.version,
      name: model.name,
      title: from.title,
      summary: from.summary,
      sha256: model.sha256,
      segment: place,
      ...segment.places,
    };
  });
  return { entries, records: encoded, indexOf: new Map(used.map(({ model }, at) => [model, at])) };
}

function usedDescriptions(connections: readonly ConnectionModel[]): Used[] {
  const versions = new Set(connections.flatMap(({ catalog }) => catalog ?? []));
  return [...versions]
    .flatMap((version) => version.descriptions.map((model): Used => ({ version, model })))
    .sort((one, other) => byCodeUnit(sortKey(one), sortKey(other)));
}

function sortKey({ version, model }: Used): string {
  return JSON.stringify([version.catalog.name, version.version, model.name]);
}

function recordsOf({ name, records }: DescriptionModel): DescriptionRecords {
  if (records === null) throw new Error(`the description ${name} passed the checks and was not read`);
  return records;
}
