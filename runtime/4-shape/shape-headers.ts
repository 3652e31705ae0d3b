import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import type { RequestFields } from '../1-accept/fields.ts';
import type { Hidden } from '../hidden.ts';
import type { DropName } from './dropped-names.ts';

/** A header plan made ready for requests: what to drop, what to add, in flat arrays. */
export interface ShapePlan {
  readonly drop: DropName;
  /** Headers that apply where the caller sent none of that name. */
  readonly defaults: readonly DefaultHeader[];
  /** static_headers and the credential's header, flat: name, value, name, value. */
  readonly set: Hidden<readonly string[]>;
}

export interface DefaultHeader {
  readonly name: string;
  readonly folded: string;
  readonly value: Hidden<string>;
}

/** Gives a default header with its name folded once. */
export function defaultHeader(name: string, value: Hidden<string>): DefaultHeader {
  return { name, folded: foldHeaderName(name), value };
}

/**
 * Gives the header fields to send, flat: defaults < the caller's < static < credential. The caller's
 * keep their order, spelling and repeats; a name that a higher layer owns is dropped, so each such name
 * goes out once and from the right layer; what `Connection` nominates is dropped from the caller's fields
 * only, so that a caller cannot have an operator's header stripped (RFC 9110 7.6.1).
 */
export function shapeHeaders(fields: RequestFields, plan: ShapePlan): string[] {
  const { raw, folded, nominated } = fields;
  const headers: string[] = [];
  for (let at = 0; at < folded.length; at += 1) {
    const name = folded[at] ?? '';
    if (plan.drop(name) || (nominated !== null && nominated.includes(name))) continue;
    headers.push(raw[2 * at] ?? '', raw[2 * at + 1] ?? '');
  }
  for (const line of plan.defaults) {
    const sent =
      folded.includes(line.folded) && !plan.drop(line.folded) && nominated?.includes(line.folded) !== true;
    if (!sent) headers.push(line.name, line.value.reveal());
  }
  for (const part of plan.set.reveal()) headers.push(part);
  return headers;
}
