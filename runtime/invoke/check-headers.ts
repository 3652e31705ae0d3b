import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import { headerValueFault, isHeaderName } from '../../table/rules/header-syntax.ts';
import type { HeaderValueFault } from '../../table/rules/header-syntax.ts';
import { FRAMING, HOP_BY_HOP } from '../../table/rules/hop-by-hop.ts';
import type { Connection } from '../../table/types.ts';
import type { DropName } from '../4-shape/dropped-names.ts';
import { addFault } from './faults.ts';
import type { FaultList } from './faults.ts';
import { isScalar, plainText } from './plain-text.ts';
import type { JsonObject } from './types.ts';

/** The part of a route that headers are judged by. */
export interface HeaderRules {
  readonly connection: Pick<Connection, 'headers' | 'cookies'>;
  /** What the front doors drop: each of them is refused here. */
  readonly drop: DropName;
}

/** Headers of a call: flat as they go out, and the value of each by its folded name. */
export interface CallHeaders {
  readonly flat: string[];
  readonly byName: ReadonlyMap<string, string>;
}

const VALUE_FAULTS: Readonly<Record<HeaderValueFault, string>> = {
  cr_lf_nul: 'a value without CR, LF and NUL',
  control: 'a value without control characters',
  not_latin1: 'a value in Latin-1',
  edge_space: 'a value without space at its edges',
};

/** Gives the headers that a call was given; those that may not be sent, and the layer that has them, are added to the faults. */
export function checkHeaders(given: JsonObject, rules: HeaderRules, faults: FaultList): CallHeaders {
  const flat: string[] = [];
  const byName = new Map<string, string>();
  for (const [name, value] of Object.entries(given)) {
    const expected = refusedBecause(name, rules, byName) ?? valueFault(value);
    if (expected !== null) {
      addFault(faults, 'header', name, expected);
      continue;
    }
    const text = isScalar(value) ? plainText(value) : '';
    flat.push(name, text);
    byName.set(foldHeaderName(name), text);
  }
  return { flat, byName };
}

function valueFault(value: unknown): string | null {
  if (!isScalar(value)) return 'text';
  const fault = headerValueFault(plainText(value));
  return fault === null ? null : VALUE_FAULTS[fault];
}

function refusedBecause(name: string, rules: HeaderRules, given: ReadonlyMap<string, string>): string | null {
  if (!isHeaderName(name)) return 'a name of letters, digits and hyphens (RFC 9110 5.1)';
  const folded = foldHeaderName(name);
  const owner = ownerOf(folded, rules);
  if (owner !== null) return `to be left out: ${owner}`;
  return given.has(folded) ? 'to be given once: another name is the same but for case or punctuation' : null;
}

/** Gives which layer has a header, or null where it is the caller's. */
function ownerOf(folded: string, { connection, drop }: HeaderRules): string | null {
  if (!drop(folded)) return null;
  const { set, owned } = connection.headers;
  if (set.some(({ name }) => foldHeaderName(name) === folded))
    return 'static_headers of the connection set it';
  if (owned.includes(folded)) return 'the authentication of the connection sets it';
  if (folded === 'authorization' || folded === 'x-api-key')
    return 'authentication is the business of the connection';
  if (FRAMING.has(folded)) return 'the gateway frames and addresses the request';
  if (HOP_BY_HOP.has(folded)) return 'it is hop-by-hop, and concerns one socket alone';
  if (folded === 'cookie') return 'the connection forwards no cookies (cookies)';
  if (folded.startsWith('gateway-') || folded === 'maton-connection')
    return 'it is for the gateway; a grant is named by grant';
  return 'the gateway alone says whom it forwards for';
}
