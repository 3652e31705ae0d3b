import type { Declarations } from '../../compiler/3-resolve/read-declarations.ts';
import type { Field } from '../../compiler/fields/field.ts';
import type { Written } from '../../compiler/fields/written.ts';
import { placeOf } from '../../compiler/source/span.ts';
import type { Span } from '../../compiler/source/span.ts';

/** Sealed text where it stands. */
export interface SealedPlace {
  /** `gateway.d/stripe.yaml:14:5`. */
  readonly at: string;
  readonly span: Span;
  readonly text: string;
  /** The fields that it stands for: several where aliases refer to it, and it opens for one of them at most. */
  readonly boundTo: readonly string[];
}

/** Gives the sealed texts of declarations, in the order of their places. */
export function findSealed({ connections, callers }: Declarations): SealedPlace[] {
  const found = new Map<string, SealedPlace>();
  for (const { fields } of [...connections, ...callers])
    for (const { span, value } of sealedFields(Object.values(fields))) {
      const at = placeOf(span);
      const before = found.get(at)?.boundTo ?? [];
      found.set(at, { at, span, text: value.text, boundTo: [...before, value.boundTo ?? ''] });
    }
  return [...found.values()];
}

type SealedField = Field<Written> & { readonly value: Written };

/** Fields are a tree of records and maps; where it ends there is what was written. */
function sealedFields(fields: Iterable<unknown>): SealedField[] {
  return [...fields].flatMap((field) => {
    if (typeof field !== 'object' || field === null || !('value' in field)) return [];
    const { value } = field;
    if (value instanceof Map) return sealedFields(value.values());
    if (typeof value !== 'object' || value === null) return [];
    if ('kind' in value && value.kind === 'sealed') return [field as SealedField];
    return Array.isArray(value) ? [] : sealedFields(Object.values(value));
  });
}
