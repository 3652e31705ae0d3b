import { createHash } from 'node:crypto';
import type { EncodedSegment, SegmentPlaces } from '../../table/records/encode-records.ts';
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
const FORMAT = 2;

interface KeptHead {
  readonly title: string | null;
  readonly summary: string | null;
  readonly places: SegmentPlaces;
}

/** Gives a segment that was kept, or null. An entry is the digest of the rest, its head, and the segment's bytes. */
export function readKeptSegment(cache: CompileCache, source: SegmentSource): MadeSegment | null {
  const kept = cache.read(keyOf(cache, source));
  if (kept === null) return null;
  const entry = Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength);
  const first = entry.indexOf('\n');
  const second = entry.indexOf('\n', first + 1);
  if (first !== 64 || second < 0) return null;
  if (digestOf(entry.subarray(first + 1)) !== entry.toString('latin1', 0, first)) return null;
  const head = JSON.parse(entry.toString('utf8', first + 1, second)) as KeptHead;
  return { ...head, bytes: entry.subarray(second + 1) };
}

/** Keeps a segment that was made anew. */
export function writeKeptSegment(cache: CompileCache, source: SegmentSource, made: MadeSegment): void {
  const { title, summary, places, bytes } = made;
  const head: KeptHead = { title, summary, places };
  const rest = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytes]);
  cache.write(keyOf(cache, source), Buffer.concat([Buffer.from(`${digestOf(rest)}\n`), rest]));
}

function keyOf({ version }: CompileCache, { content, ahead }: SegmentSource): string {
  return digestOf(Buffer.from(JSON.stringify(['segment', FORMAT, version, content, ahead])));
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
