import { METHODS } from 'node:http';
import type { InvokeInput } from './types.ts';

/** Members of a call as they came: of any kind yet. */
type GivenMembers = Readonly<Partial<Record<keyof InvokeInput, unknown>>>;

const TIMEOUT_MAX_SECONDS = 600;

/** Gives what is wrong with which members stand beside which, all of it: an operation, or a method and a path. */
export function unfitMembers(given: GivenMembers): string[] {
  const has = (name: keyof InvokeInput): boolean => (given[name] ?? null) !== null;
  if (has('operation_id'))
    return has('method') || has('path') ? ['give operation_id, or method and path, not both'] : [];
  const faults: string[] = [];
  if (has('path_params'))
    faults.push('path_params go with operation_id; a path is given with its values in it');
  if (has('spec')) faults.push('spec goes with operation_id');
  if (!has('method') || !has('path')) faults.push('give operation_id, or both method and path');
  return faults;
}

/** Gives what is wrong with a method that is given; a list, empty where nothing is. */
export function unfitMethod({ method }: GivenMembers): string[] {
  if (typeof method !== 'string') return [];
  const upper = method.trim().toUpperCase();
  return METHODS.includes(upper) && upper !== 'CONNECT' && upper !== 'TRACE'
    ? []
    : ['method is none of HTTP that is forwarded, such as GET or POST'];
}

/** Gives what is wrong with a time that is given, in seconds; a list, empty where nothing is. */
export function unfitTimeout({ timeout_seconds: seconds }: GivenMembers): string[] {
  if (typeof seconds !== 'number' || (seconds >= 1 && seconds <= TIMEOUT_MAX_SECONDS)) return [];
  return [`timeout_seconds is a number from 1 to ${TIMEOUT_MAX_SECONDS}`];
}
