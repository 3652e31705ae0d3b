import { Problem } from '../problem.ts';
import type { RequestFault } from '../problem.ts';

/** What is wrong with what a call was asked for with. All of it is told at once. */
export type FaultList = RequestFault[];

/** Adds a fault of a value as a whole. */
export function addFault(
  faults: FaultList,
  place: RequestFault['in'],
  name: string | null,
  expected: string,
): void {
  faults.push({ in: place, name, pointer: '', expected });
}

/** Where each kind of fault is in the input. */
const MEMBERS: Readonly<Record<RequestFault['in'], string>> = {
  path: 'path_params',
  query: 'query_params',
  header: 'headers',
  cookie: 'headers',
  body: 'body',
};

/**
 * Gives the problem of an input with faults, which its detail tells too: models read that alone. What is wrong with
 * members as such, in sentences, comes first.
 */
export function inputInvalid(faults: readonly RequestFault[], members: readonly string[] = []): Problem {
  const told = faults.map(({ in: place, name, pointer, expected }) => {
    const where = name === null ? MEMBERS[place] : `${MEMBERS[place]} ${JSON.stringify(name)}`;
    return `${where}${pointer}: ${expected}`;
  });
  const detail = `nothing was sent; ${[...members, ...told].join('; ')}`;
  return new Problem('request_invalid', detail, faults.length === 0 ? {} : { faults });
}

/** Gives the problem of an input that cannot be read as one. */
export function inputRefused(...why: readonly string[]): Problem {
  return inputInvalid([], why);
}
