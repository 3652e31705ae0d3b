import { isMapping } from '../../../table/rules/is-mapping.ts';
import { isSmall } from './bounded-value.ts';
import type { Reader } from './reader.ts';
import { follow } from './resolve-reference.ts';
import { memberOf, own } from './trail.ts';
import type { Placed } from './trail.ts';

const EXAMPLE_MAX = 4096;
const EXAMPLES_MAX = 3;

/** Gives the examples of a parameter or media type: the first ones that are small. One that cannot be found is no fault. */
export function readExamples(reader: Reader, of: Placed): unknown[] {
  const found: unknown[] = [];
  const example = own(of.value, 'example');
  if (example !== undefined) found.push(example);
  const named = memberOf(of, 'examples');
  for (const name of isMapping(named.value) ? Object.keys(named.value) : []) {
    if (found.length === EXAMPLES_MAX) break;
    const one = follow(reader.set, memberOf(named, name));
    if ('fault' in one) continue;
    const value = own(one.value, 'value') ?? own(one.value, 'dataValue');
    if (value !== undefined) found.push(value);
  }
  return found.filter((value) => isSmall(value, EXAMPLE_MAX)).slice(0, EXAMPLES_MAX);
}
