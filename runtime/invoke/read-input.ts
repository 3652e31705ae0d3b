import { isMapping } from '../../table/rules/is-mapping.ts';
import { Problem } from '../problem.ts';
import { inputRefused } from './faults.ts';
import { unfitMembers, unfitMethod, unfitTimeout } from './member-faults.ts';
import type { InvokeInput, JsonObject } from './types.ts';

/** What each member of an input is, beside null. */
const MEMBERS: Readonly<
  Record<Exclude<keyof InvokeInput, 'connection'>, 'text' | 'number' | 'object' | 'any'>
> = {
  operation_id: 'text',
  spec: 'text',
  path_params: 'object',
  method: 'text',
  path: 'text',
  query_params: 'object',
  headers: 'object',
  body: 'any',
  timeout_seconds: 'number',
  grant: 'text',
};

const NAMES = Object.keys(MEMBERS);
/** Of names that are no members, so many are told. */
const NAMES_SHOWN = 10;

/**
 * Gives the input that the content of a request is, for a connection that its URL names: JSON in UTF-8, an object
 * without members that are not known here. Or the problem.
 */
export function readInput(content: Buffer, connection: string): InvokeInput | Problem {
  const value = parse(content);
  if (value instanceof Problem) return value;
  const members: [string, unknown][] = [];
  const unknown: string[] = [];
  const faults: string[] = [];
  for (const [name, member] of Object.entries(value)) {
    // Whoever wrote the URL may repeat it.
    if (name === 'connection' && member === connection) continue;
    const kind = Object.hasOwn(MEMBERS, name) ? MEMBERS[name as keyof typeof MEMBERS] : undefined;
    if (kind === undefined) unknown.push(name);
    else if (!isKind(member, kind)) faults.push(`${name} is ${WORDS[kind]}`);
    members.push([name, member]);
  }
  faults.push(...unknownMembers(unknown));
  // Whoever has to mend one member anyway is told of the others too; else that is for whoever may call to learn.
  if (faults.length > 0)
    return inputRefused(...faults, ...unfitMembers(value), ...unfitMethod(value), ...unfitTimeout(value));
  return { ...(Object.fromEntries(members) as Omit<InvokeInput, 'connection'>), connection };
}

const WORDS = { text: 'text', number: 'a number', object: 'an object', any: 'anything' } as const;

function isKind(value: unknown, kind: keyof typeof WORDS): boolean {
  if (value === null || kind === 'any') return true;
  if (kind === 'object') return typeof value === 'object' && !Array.isArray(value);
  return kind === 'text' ? typeof value === 'string' : typeof value === 'number' && Number.isFinite(value);
}

function unknownMembers(names: readonly string[]): string[] {
  const faults = names.includes('connection')
    ? ['connection is the one that the URL names, or left out']
    : [];
  const others = names.filter((name) => name !== 'connection');
  if (others.length === 0) return faults;
  const shown = others.slice(0, NAMES_SHOWN).map((name) => JSON.stringify(name.slice(0, 100)));
  if (others.length > shown.length) shown.push(`${others.length - shown.length} more`);
  const are = others.length === 1 ? 'is no member' : 'are no members';
  return [...faults, `${shown.join(', ')} ${are} of a call; its members are ${NAMES.join(', ')}`];
}

function parse(content: Buffer): JsonObject | Problem {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    return inputRefused('the body of the request is a call as JSON, in UTF-8');
  }
  return isMapping(value) ? value : inputRefused('the body of the request is a call: an object');
}
