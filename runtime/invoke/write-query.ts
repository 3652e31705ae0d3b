import type { ParameterRecord } from '../../table/operations.ts';
import { queryName } from '../../table/rules/method-override.ts';
import { addFault } from './faults.ts';
import type { FaultList } from './faults.ts';
import type { JsonObject } from './types.ts';
import { BY_DEFAULT } from '../validate/read-style.ts';
import { writePairs } from './write-style.ts';
import type { WrittenPair, Written } from './write-style.ts';

/** What a query is written by. */
export interface QueryPlan {
  readonly parameters: readonly ParameterRecord[];
  /** Names of pairs that the connection puts in. */
  readonly owned: ReadonlySet<string>;
}

/** Gives a query without `?`, '' where there are no pairs; what is wrong is added to the faults. */
export function writeQuery(given: JsonObject, { parameters, owned }: QueryPlan, faults: FaultList): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const written = writeOne(name, value, parameters);
    if ('expected' in written) {
      addFault(faults, 'query', name, written.expected);
      continue;
    }
    for (const pair of written) {
      const text = `${pair.name}=${pair.value}`;
      if (owned.has(queryName(text)))
        addFault(faults, 'query', name, 'to be left out: the connection sets it');
      else pairs.push(text);
    }
  }
  return pairs.join('&');
}

function writeOne(
  name: string,
  value: unknown,
  parameters: readonly ParameterRecord[],
): Written<readonly WrittenPair[]> {
  if (name === '') return { expected: 'a name that is not empty' };
  const parameter = parameters.find((one) => one.in === 'query' && one.name === name);
  if (parameter === undefined) return writePairs(name, value, BY_DEFAULT, false);
  const json = parameter.media_type !== null && typeof value === 'object' && value !== null;
  return writePairs(name, json ? JSON.stringify(value) : value, parameter, true);
}
