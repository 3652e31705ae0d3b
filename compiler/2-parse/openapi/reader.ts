import type { ParsedDocument } from '../parse-document.ts';
import type { Dialect } from './dialect.ts';
import type { DocumentFaults } from './document-faults.ts';
import type { DocumentSet } from './document-set.ts';
import type { DroppedKeywords } from './dropped-keywords.ts';
import { follow, referenceFault, resolveReference } from './resolve-reference.ts';
import type { ReferenceFault, Referenced } from './resolve-reference.ts';
import type { SchemaPool } from './schema-pool.ts';
import { own, step } from './trail.ts';
import type { Placed } from './trail.ts';

/** What reading one description needs. */
export interface Reader {
  readonly set: DocumentSet;
  readonly root: ParsedDocument;
  readonly dialect: Dialect;
  readonly faults: DocumentFaults;
  readonly dropped: DroppedKeywords;
  readonly schemas: SchemaPool;
}

/** What following references needs. */
export type ReferenceReader = Pick<Reader, 'set' | 'faults'>;

/** Gives a value with the `$ref`s in its place followed, or null when one cannot be, which is reported. */
export function followed(reader: ReferenceReader, placed: Placed): Placed | null {
  if (typeof own(placed.value, '$ref') !== 'string') return placed;
  const found = follow(reader.set, placed);
  if (!('fault' in found)) return found;
  reportReference(reader, placed, found.fault);
  return null;
}

/** Gives what one `$ref` refers to, or null when that is nothing, which is reported. */
export function referenced(reader: ReferenceReader, placed: Placed): Placed | null {
  const reference = String(own(placed.value, '$ref'));
  const found: Referenced = resolveReference(reader.set, step(placed.at, '$ref'), reference);
  if (!('fault' in found)) return found;
  reportReference(reader, placed, found.fault);
  return null;
}

function reportReference(reader: ReferenceReader, { value, at }: Placed, fault: ReferenceFault): void {
  const message = referenceFault(String(own(value, '$ref')), fault);
  if (message === null) return;
  const place = step(at, '$ref');
  if (fault !== 'leaves') {
    reader.faults.add({ code: 'GW6007', at: place, message });
    return;
  }
  const help = 'copy the file into the folder and refer to it by a relative path';
  reader.faults.add({ code: 'GW6010', at: place, message, help });
}
