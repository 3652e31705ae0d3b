import { didYouMean } from '../../table/rules/nearest-name.ts';
import type { ArgumentSchema, InputSchema } from './tool-definitions.ts';

/** Names of arguments that a model made up are told no longer than this. */
const NAME_SHOWN_CHARACTERS = 80;

/**
 * Gives what is wrong with the arguments of a tool call, all of it; empty where nothing is. What a tool does not
 * know is told by name: an argument that is dropped in silence is a request other than the one that was meant.
 */
export function argumentFaults(schema: InputSchema, given: Readonly<Record<string, unknown>>): string[] {
  const known = Object.keys(schema.properties);
  const faults = Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => unknownArgument(name, known));
  for (const name of schema.required ?? []) {
    if (!isGiven(given, name)) faults.push(`${name} is missing`);
  }
  for (const [name, argument] of Object.entries(schema.properties)) {
    const expected = isGiven(given, name) ? expectation(argument, given[name]) : null;
    if (expected !== null) faults.push(`${name} must be ${expected}`);
  }
  return faults;
}

/** null stands for an argument that is left out: many clients write every argument of a schema. */
function isGiven(given: Readonly<Record<string, unknown>>, name: string): boolean {
  return Object.hasOwn(given, name) && given[name] !== null && given[name] !== undefined;
}

function unknownArgument(name: string, known: readonly string[]): string {
  const hint = didYouMean(name, known);
  const shown = JSON.stringify(name.slice(0, NAME_SHOWN_CHARACTERS));
  return `there is no argument ${shown}; ${hint === '' ? `there are: ${known.join(', ')}` : hint}`;
}

/** Gives what was expected in place of a value, or null where it is as it should be. */
function expectation(
  { type, enum: values, minimum, maximum, maxLength }: ArgumentSchema,
  value: unknown,
): string | null {
  if (values !== undefined) {
    return values.some((one) => one === value) ? null : `one of ${values.join(', ')}`;
  }
  if (type === undefined) return null;
  if (type === 'string') {
    if (typeof value !== 'string') return 'a string';
    return value.length <= (maxLength ?? Infinity) ? null : `a string of at most ${maxLength} characters`;
  }
  if (type === 'object') return typeof value === 'object' && !Array.isArray(value) ? null : 'an object';
  const range = `a whole number from ${minimum ?? 0}${maximum === undefined ? '' : ` to ${maximum}`}`;
  return Number.isSafeInteger(value) &&
    Number(value) >= (minimum ?? -Infinity) &&
    Number(value) <= (maximum ?? Infinity)
    ? null
    : range;
}
