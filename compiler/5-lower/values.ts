import { byCodeUnit } from '../../table/rules/by-code-unit.ts';
import type { Parameters, Secret, UrlTemplate, Value } from '../../table/types.ts';
import type { Field, Named } from '../fields/field.ts';
import type { UrlParts, Written } from '../fields/written.ts';
import { placeOf } from '../source/span.ts';

/** Gives a field's value. Its absence is a fault of ours: lowering begins only when nothing was reported. */
export function must<T>(field: { readonly value: T | undefined } | null | undefined): T {
  if (field?.value === undefined) throw new Error('a field that the checks require is absent');
  return field.value;
}

/** Gives a secret of the table. */
export function lowerSecret(field: Field<Written> | null | undefined): Secret {
  const written = must(field);
  const at = field === null || field === undefined ? '' : placeOf(field.key);
  return secretOf(written, at);
}

/** Gives a value of the table: public when written out. */
export function lowerValue(field: Field<Written>): Value {
  const written = must(field);
  const at = placeOf(field.key);
  return written.kind === 'literal' ? { text: written.text, at } : secretOf(written, at);
}

/** Gives a URL with its references. */
export function lowerUrl(field: Field<UrlParts>): UrlTemplate {
  const at = placeOf(field.key);
  return must(field).map((part) => (part.kind === 'literal' ? part.text : secretOf(part, at)));
}

function secretOf(written: Written, at: string): Secret {
  switch (written.kind) {
    case 'env':
      return { env: written.text, at };
    case 'file':
      return { file: written.text, at };
    case 'sealed':
      return { sealed: written.text, at, bound_to: must({ value: written.boundTo }) };
    case 'literal':
      return { literal: written.text, at };
  }
}

/** Gives what stands before and behind the credential. */
export function aroundCredential(template: Field<string> | null): { prefix: string; suffix: string } {
  const [prefix = '', suffix = ''] = (template?.value ?? '{credential}').split('{credential}');
  return { prefix, suffix };
}

/** Gives parameters sorted by name. */
export function lowerParameters(field: Field<Named<string>> | undefined): Parameters {
  return [...(field?.value ?? [])]
    .map(([name, value]) => [name, must(value)] as const)
    .sort(([a], [b]) => byCodeUnit(a, b));
}
