import { BLOCK_BYTES, EXTENT_BYTES } from '../operations.ts';
import type { DescriptionEntry, Extent, RecordsFile } from '../operations.ts';
import { refuse } from '../shape.ts';

/** Checks that every part of every description stands in its segment, and every segment in the file. Throws a TableError. */
export function checkExtents(entries: readonly DescriptionEntry[], file: RecordsFile): void {
  if (file.blocks.length !== Math.ceil(file.bytes / BLOCK_BYTES))
    refuse('records.blocks', `a hash for each ${BLOCK_BYTES} bytes of ${file.bytes}`);
  for (const [at, entry] of entries.entries()) {
    const path = `descriptions[${at}]`;
    checkInside(`${path}.segment`, entry.segment, file.bytes);
    const size = entry.segment[1];
    for (const part of ['matcher', 'list', 'search', 'records', 'schemas', 'validators'] as const)
      checkInside(`${path}.${part}`, entry[part], size);
    if (entry.records[1] !== entry.operations * EXTENT_BYTES)
      refuse(`${path}.records`, `an extent for each of ${entry.operations} operations`);
    if (entry.schemas[1] % EXTENT_BYTES !== 0) refuse(`${path}.schemas`, 'whole extents');
  }
}

/** Refuses an extent that does not end within `size` bytes. Throws a TableError. */
export function checkInside(path: string, [offset, length]: Extent, size: number): void {
  if (offset + length > size) refuse(path, `an extent within ${size} bytes`);
}
