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
import { refuse, TableError } from '../shape.ts';
import { checkInside } from './check-extents.ts';
import { checkMatchNode } from './check-match-node.ts';
import { hashBlock } from './encode-records.ts';

/** Gives `length` bytes of the file of the records from `offset` on; fewer where the file ends. */
export type ReadBytes = (offset: number, length: number) => Buffer;

/**
 * Reads the parts of descriptions. Every block is checked against the table's hash whenever it is read from
 * the file, and a few are kept. Each function throws a TableError where the bytes are not those that the
 * table vouches for, or not of their shape.
 */
export interface RecordsReader {
  matcher(entry: DescriptionEntry): MatchNode;
  list(entry: DescriptionEntry): OperationList;
  /** The bytes of a search index. */
  search(entry: DescriptionEntry): Buffer;
  operation(entry: DescriptionEntry, number: number): OperationRecord;
  schema(entry: DescriptionEntry, number: number): NormalSchema;
  validators(entry: DescriptionEntry): readonly AheadValidator[];
  code(entry: DescriptionEntry, validator: AheadValidator): string;
}

/** Checked blocks that are kept: 2 MiB. */
const BLOCKS_KEPT = 32;

/** Gives the reader of a file that a checked table vouches for. */
export function openRecords(file: RecordsFile, read: ReadBytes): RecordsReader {
  const blocks = new BlockReader(file, read);
  const bytesOf = (entry: DescriptionEntry, extent: Extent, part: string): Buffer => {
    checkInside(`${part} of ${entry.name}`, extent, entry.segment[1]);
    return blocks.bytes(entry.segment[0] + extent[0], extent[1]);
  };
  const textOf = (entry: DescriptionEntry, extent: Extent, part: string): string =>
    bytesOf(entry, extent, part).toString('utf8');
  const jsonOf = (entry: DescriptionEntry, extent: Extent, part: string): unknown =>
    parse(textOf(entry, extent, part), `${part} of ${entry.name}`);
  const numbered = (entry: DescriptionEntry, table: Extent, number: number): Extent => {
    if (!Number.isInteger(number) || number < 0 || number * EXTENT_BYTES >= table[1])
      refuse(`a record of ${entry.name}`, `a number below ${table[1] / EXTENT_BYTES}`);
    const bytes = bytesOf(entry, [table[0] + number * EXTENT_BYTES, EXTENT_BYTES], 'an extent');
    return [bytes.readUInt32LE(0), bytes.readUInt32LE(EXTENT_BYTES / 2)];
  };
  return {
    matcher: (entry) => {
      const node = jsonOf(entry, entry.matcher, 'the matcher');
      checkMatchNode(node, entry.operations, `the matcher of ${entry.name}`);
      return node;
    },
    list: (entry) => jsonOf(entry, entry.list, 'the list') as OperationList,
    search: (entry) => bytesOf(entry, entry.search, 'the search index'),
    operation: (entry, number) =>
      jsonOf(entry, numbered(entry, entry.records, number), 'an operation') as OperationRecord,
    schema: (entry, number) =>
      jsonOf(entry, numbered(entry, entry.schemas, number), 'a schema') as NormalSchema,
    validators: (entry) => jsonOf(entry, entry.validators, 'the validators') as AheadValidator[],
    code: (entry, { code }) => textOf(entry, code, 'a validator'),
  };
}

/** Gives the reader of a table whose records are in memory. */
export function recordsInMemory(file: RecordsFile, bytes: Buffer): RecordsReader {
  return openRecords(file, (offset, length) => bytes.subarray(offset, offset + length));
}

function parse(text: string, part: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TableError(`${part} is not JSON`, { cause: error });
  }
}

class BlockReader {
  readonly #file: RecordsFile;
  readonly #read: ReadBytes;
  /** The newest last. */
  readonly #kept = new Map<number, Buffer>();

  constructor(file: RecordsFile, read: ReadBytes) {
    this.#file = file;
    this.#read = read;
  }

  bytes(offset: number, length: number): Buffer {
    const first = Math.floor(offset / BLOCK_BYTES);
    const last = Math.floor((offset + Math.max(length, 1) - 1) / BLOCK_BYTES);
    const start = offset - first * BLOCK_BYTES;
    if (length === 0) return Buffer.alloc(0);
    if (first === last) return this.#block(first).subarray(start, start + length);
    const blocks: Buffer[] = [];
    for (let at = first; at <= last; at += 1) blocks.push(this.#block(at));
    return Buffer.concat(blocks).subarray(start, start + length);
  }

  #block(at: number): Buffer {
    const kept = this.#kept.get(at);
    if (kept !== undefined) {
      this.#kept.delete(at);
      this.#kept.set(at, kept);
      return kept;
    }
    const offset = at * BLOCK_BYTES;
    const block = this.#read(offset, Math.min(BLOCK_BYTES, this.#file.bytes - offset));
    if (hashBlock(block) !== this.#file.blocks[at])
      throw new TableError(`block ${at} of the operation records has another digest: it was changed or cut`);
    this.#kept.set(at, block);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > BLOCKS_KEPT && oldest.done !== true) this.#kept.delete(oldest.value);
    return block;
  }
}
