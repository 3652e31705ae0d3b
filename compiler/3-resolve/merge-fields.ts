import type { Field, Fields, Named } from '../fields/field.ts';
import type { AnyShape, RecordShape } from '../fields/shape.ts';

/**
 * Gives the fields of a declaration over those that it extends: mappings merged key by key, everything else
 * replaced. A key that says otherwise what another of the family said takes its place (`values` that of `pattern`).
 */
export function mergeFields<T>(base: Fields<T>, own: Fields<T>, shape: RecordShape): Fields<T> {
  return mergeRecord(base as AnyFields, own as AnyFields, shape) as Fields<T>;
}

type AnyFields = Readonly<Record<string, Field<unknown>>>;

function mergeRecord(base: AnyFields, own: AnyFields, shape: RecordShape): AnyFields {
  const replaced = new Set(Object.keys(own).flatMap((key) => shape.instead[key] ?? []));
  const merged = Object.fromEntries(Object.entries(base).filter(([key]) => !replaced.has(key)));
  for (const [key, field] of Object.entries(own))
    merged[key] = mergeField(merged[key], field, shape.fields[key]?.shape);
  return merged;
}

function mergeField(
  base: Field<unknown> | undefined,
  own: Field<unknown>,
  shape: AnyShape | undefined,
): Field<unknown> {
  if (base?.value === undefined || own.value === undefined) return own;
  if (shape?.kind === 'record') {
    return { ...own, value: mergeRecord(base.value as AnyFields, own.value as AnyFields, shape) };
  }
  if (shape?.kind !== 'map') return own;
  const sameName = shape.sameName ?? ((name): string => name);
  const written = own.value as Named<unknown>;
  const names = new Map([...written.keys()].map((name) => [sameName(name), name]));
  const merged = new Map(
    [...(base.value as Named<unknown>)].map(([name, field]) => [names.get(sameName(name)) ?? name, field]),
  );
  for (const [name, field] of written) merged.set(name, mergeField(merged.get(name), field, shape.of));
  return { ...own, value: merged };
}
