import { byNearness } from '../../table/rules/nearest-name.ts';

/** Names that are told. */
const NAMES_SHOWN = 8;
/** Names that are compared letter by letter: more would take a request's time, and others their turn. */
const NAMES_COMPARED = 1_000;

/** Gives a few of the names, those nearest to `named` first. */
export function nearestNames(named: string, names: Iterable<string>): string[] {
  const wanted = named.toLowerCase();
  const all = [...names];
  const compared =
    all.length <= NAMES_COMPARED
      ? all
      : all
          .map((name): [string, number] => [name, alike(wanted, name.toLowerCase())])
          .sort(([, one], [, other]) => other - one)
          .slice(0, NAMES_COMPARED)
          .map(([name]) => name);
  return byNearness(named, compared).slice(0, NAMES_SHOWN);
}

/** Gives how alike two names are at a glance: letters that they begin and end with alike, less the difference of their lengths. */
function alike(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length);
  let front = 0;
  while (front < shorter && one[front] === other[front]) front += 1;
  let back = 0;
  while (back < shorter - front && one.at(-1 - back) === other.at(-1 - back)) back += 1;
  const holds = one !== '' && other.includes(one) ? one.length : 0;
  return front + back + holds - Math.abs(one.length - other.length);
}
