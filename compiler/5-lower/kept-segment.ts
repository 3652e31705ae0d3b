import type { EncodedSegment, SegmentPlaces } from '../../table/records/encode-records.ts';
import { keyOf, readSealed, writeSealed } from '../1-read/compile-cache.ts';
import type { CompileCache } from '../1-read/compile-cache.ts';

/** A description as it is written, with what its entry says of it. */
export interface MadeSegment extends EncodedSegment {
  readonly title: string | null;
  readonly summary: string | null;
}

/** What a segment depends on beside this program. */
export interface SegmentSource {
  /** What the description's records are made from: `DescriptionModel.content`. */
  readonly content: string;
  /** Whether validators are made ahead. */
  readonly ahead: boolean;
}

/** Raised when a segment has another form, or is made by other rules. */
const FORMAT = 5;

interface KeptHead {
  readonly title: string | null;
  readonly summary: string | null;
  readonly places: SegmentPlaces;
}

/** Gives a segment that was kept, or null. An entry is a line, its head, and the segment's bytes. */
export function readKeptSegment(cache: CompileCache, source: SegmentSource): MadeSegment | null {
  const entry = readSealed(cache, keyOfSegment(cache, source));
  if (entry === null) return null;
  const end = entry.indexOf('\n');
  const head = JSON.parse(entry.toString('utf8', 0, end)) as KeptHead;
  return { ...head, bytes: entry.subarray(end + 1) };
}

/** Keeps a segment that was made anew. */
export function writeKeptSegment(cache: CompileCache, source: SegmentSource, made: MadeSegment): void {
  const { title, summary, places, bytes } = made;
  const head: KeptHead = { title, summary, places };
  const entry = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytes]);
  writeSealed(cache, keyOfSegment(cache, source), entry);
}

function keyOfSegment(cache: CompileCache, { content, ahead }: SegmentSource): string {
  return keyOf(cache, ['segment', FORMAT, content, ahead]);
}
