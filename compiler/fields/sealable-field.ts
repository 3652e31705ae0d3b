import { canonicalKey } from './canonical-key.ts';
import { CONNECTION } from './connection-fields.ts';
import type { AnyShape } from './shape.ts';

const SHAPE: AnyShape = CONNECTION;
const FIELDS = SHAPE.kind === 'record' ? SHAPE.fields : {};

/**
 * Gives a field of a connection in the form that sealed text is bound to: `credential`, or `static_headers/X-Team`
 * inside a mapping. A key's other name becomes the first one, as where the YAML is read. null where no sealed text
 * can stand.
 */
export function sealableField(written: string): string | null {
  const [first = '', ...inside] = written.split('/');
  const key = canonicalKey(first, FIELDS);
  const shape = key === null ? undefined : FIELDS[key]?.shape;
  if (key === null || shape === undefined) return null;
  const [name] = inside;
  if (shape.kind === 'map')
    return takesSealed(shape.of) && inside.length === 1 && name !== '' ? `${key}/${name}` : null;
  return takesSealed(shape) && inside.length === 0 ? key : null;
}

/** The fields that take sealed text, as `sealableField` reads them. */
export const SEALABLE_FIELDS: readonly string[] = Object.entries(FIELDS).flatMap(([key, { shape }]) => {
  if (shape.kind === 'map') return takesSealed(shape.of) ? [`${key}/NAME`] : [];
  return takesSealed(shape) ? [key] : [];
});

function takesSealed({ kind }: AnyShape): boolean {
  return kind === 'secret' || kind === 'value';
}
