import { hash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { BLOCK_BYTES, EXTENT_BYTES } from '../operations.ts';
import type {
  AheadValidator,
  DescriptionEntry,
  Extent,
  MatchNode,
  NormalSchema,
  OperationList,
  OperationRecord,
  RecordsFile,
} from '../operations.ts';

/** What a segment is made of: a description's operations and schemas, and what was built over them. */
export interface SegmentParts {
  readonly operations: readonly OperationRecord[];
  readonly schemas: readonly NormalSchema[];
  readonly matcher: MatchNode;
  /** What a SearchWriter gives. */
  readonly search: Buffer;
  readonly validators: readonly AheadCode[];
}

/** A validator made ahead, with its text. */
export interface AheadCode {
  readonly schema: AheadValidator['schema'];
  readonly mode: AheadValidator['mode'];
  readonly code: string;
}

/** Where the parts stand in their segment. */
export type SegmentPlaces = Pick<
  DescriptionEntry,
  'operations' | 'matcher' | 'list' | 'search' | 'records' | 'schemas' | 'validators'
>;

/** A description as it stands in the file: nothing in it depends on what else the file holds. */
export interface EncodedSegment {
  readonly bytes: Buffer;
  readonly places: SegmentPlaces;
}

/** Gives the bytes of one description's parts. The same parts give the same bytes; equal records stand once. */
export function encodeSegment(parts: SegmentParts): EncodedSegment {
  const writer = new SegmentWriter();
  // What a start reads comes first, what few requests need last.
  const matcher = writer.json(parts.matcher);
  const records = extentTable(writer, parts.operations);
  const schemas = extentTable(writer, parts.schemas);
  const code = parts.validators.map(({ schema, mode, code: text }): AheadValidator => ({
    schema,
    mode,
    code: writer.text(text),
  }));
  const validators = writer.json(code);
  const list = writer.json(operationList(parts.operations));
  const search = writer.raw(parts.search);
  return {
    bytes: writer.bytes(),
    places: { operations: parts.operations.length, matcher, list, search, records, schemas, validators },
  };
}

/** A file of records: its bytes, how a table vouches for them, and where each segment stands. */
export interface EncodedRecords {
  readonly bytes: Buffer;
  readonly file: RecordsFile;
  readonly segments: readonly Extent[];
}

/** Gives the file that holds these segments in their order; one that is given twice stands once. */
export function encodeRecords(segments: readonly EncodedSegment[]): EncodedRecords {
  const known = new Map<EncodedSegment, Extent>();
  const chunks: Buffer[] = [];
  let size = 0;
  const places = segments.map((segment) => {
    const before = known.get(segment);
    if (before !== undefined) return before;
    const place: Extent = [size, segment.bytes.length];
    known.set(segment, place);
    chunks.push(segment.bytes);
    size += segment.bytes.length;
    return place;
  });
  const [only] = chunks;
  const bytes = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
  return { bytes, file: { bytes: bytes.length, blocks: blockHashes(bytes) }, segments: places };
}

/** The SHA-256 in hex of one block. */
export function hashBlock(block: Uint8Array): string {
  return hash('sha256', block, 'hex');
}

function blockHashes(bytes: Buffer): string[] {
  const count = Math.ceil(bytes.length / BLOCK_BYTES);
  return Array.from({ length: count }, (_, at) =>
    hashBlock(bytes.subarray(at * BLOCK_BYTES, (at + 1) * BLOCK_BYTES)),
  );
}

function operationList(operations: readonly OperationRecord[]): OperationList {
  return {
    ids: operations.map(({ id }) => id),
    methods: operations.map(({ method }) => method),
    paths: operations.map(({ path }) => path),
    summaries: operations.map(({ summary }) => summary),
    tags: operations.map(({ tags }) => tags),
    deprecated: operations.map(({ deprecated }) => deprecated),
  };
}

function extentTable(writer: SegmentWriter, records: readonly unknown[]): Extent {
  const table = Buffer.alloc(records.length * EXTENT_BYTES);
  for (const [at, record] of records.entries()) {
    const [offset, length] = writer.json(record);
    table.writeUInt32LE(offset, at * EXTENT_BYTES);
    table.writeUInt32LE(length, at * EXTENT_BYTES + EXTENT_BYTES / 2);
  }
  return writer.raw(table);
}

/** Collects texts; one that was written before is not written again. */
class SegmentWriter {
  readonly #written = new Map<string, Extent>();
  // Texts become bytes at the end, where their place is made in one piece: as pieces they would stand in memory twice.
  readonly #parts: (string | Buffer)[] = [];
  #size = 0;

  json(value: unknown): Extent {
    return this.text(canonicalJson(value));
  }

  text(text: string): Extent {
    const before = this.#written.get(text);
    if (before !== undefined) return before;
    const extent = this.#add(text, Buffer.byteLength(text));
    this.#written.set(text, extent);
    return extent;
  }

  raw(bytes: Buffer): Extent {
    return this.#add(bytes, bytes.length);
  }

  bytes(): Buffer {
    const bytes = Buffer.allocUnsafeSlow(this.#size);
    let end = 0;
    for (const part of this.#parts)
      end += typeof part === 'string' ? bytes.write(part, end) : part.copy(bytes, end);
    return bytes;
  }

  #add(part: string | Buffer, length: number): Extent {
    const extent: Extent = [this.#size, length];
    this.#parts.push(part);
    this.#size += length;
    return extent;
  }
}
