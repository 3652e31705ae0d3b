import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { HeldMemory } from '../7-relay/memory-budget.ts';

/** Content as far as it was read. */
export interface CollectedContent {
  readonly bytes: Buffer;
  /** Why there is more than was read; null where this is all. */
  readonly cut: 'size' | 'memory' | null;
  /** Why the rest did not come; null where it did, or was not wanted. */
  readonly broken: Error | null;
}

/** How much is read. */
export interface ContentLimits {
  /** Of decoded content. */
  readonly max: number;
  /** Grows with what is read. */
  readonly memory: HeldMemory;
}

const CODINGS: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'br', 'deflate']);

/** Gives the one coding of content (RFC 9110 8.4); null for none, and `unknown` for what is not decoded here. */
export function codingOf(contentEncoding: string | null): string | null {
  const name = contentEncoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return null;
  return CODINGS.has(name) ? name : 'unknown';
}

/** The coding of content is not what its Content-Encoding says. */
export class ContentUndecodable extends Error {
  override readonly name = 'ContentUndecodable';
}

/**
 * Gives content decoded, up to a size: what is counted, and held, is what comes out, so that a little that unpacks
 * to much ends there. Content that breaks off is given as far as it came. Never rejects for what an upstream sends.
 */
export async function collectContent(
  content: Readable,
  coding: string | null,
  { max, memory }: ContentLimits,
): Promise<CollectedContent> {
  const chunks: Buffer[] = [];
  let size = 0;
  let cut: CollectedContent['cut'] = null;
  const fault: { upstream: Error | null } = { upstream: null };
  const end = (broken: Error | null): CollectedContent => {
    content.destroy();
    return { bytes: Buffer.concat(chunks), cut, broken };
  };
  // What comes behind the end of reading is nobody's business.
  content.on('error', (error) => (fault.upstream ??= error));
  try {
    for await (const chunk of await decoded(content, coding)) {
      const bytes = chunk as Buffer;
      const room = Math.min(bytes.length, max - size);
      if (room > 0 && !memory.grow(room)) cut = 'memory';
      else if (room < bytes.length) cut = 'size';
      if (cut !== 'memory' && room > 0) chunks.push(bytes.subarray(0, room));
      size += room;
      if (cut !== null) break;
    }
    return end(cut === null ? fault.upstream : null);
  } catch (error) {
    return end(
      fault.upstream ?? (coding === null && error instanceof Error ? error : new ContentUndecodable()),
    );
  }
}

/** Gives a stream of what is behind the coding. Where the content breaks off, what came is decoded before that is told. */
async function decoded(content: Readable, coding: string | null): Promise<Readable> {
  if (coding === null) return content;
  const decoder = await decoderOf(coding, content);
  content.on('error', () => decoder.end());
  if (content.errored !== null) decoder.end();
  return content.pipe(decoder);
}

async function decoderOf(coding: string, content: Readable): Promise<Transform> {
  if (coding === 'br') return createBrotliDecompress();
  if (coding !== 'deflate') return createGunzip();
  // Many mean a bare deflate stream by this name (RFC 9110 8.4.1.2): the first byte tells.
  const first = await beginning(content);
  return ((first?.[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
}

/** Gives the first bytes of content, which stay in it; null where it ends, or breaks off, without any. */
export async function beginning(content: Readable): Promise<Buffer | null> {
  while (!content.readableEnded && !content.destroyed) {
    const chunk = content.read() as Buffer | null;
    if (chunk !== null) {
      content.unshift(chunk);
      return chunk;
    }
    await new Promise<void>((resolve) => {
      const go = (): void => {
        content.off('readable', go).off('end', go).off('close', go);
        resolve();
      };
      content.on('readable', go).on('end', go).on('close', go);
    });
  }
  return null;
}
