import { Problem } from '../problem.ts';
import { inputRefused } from './faults.ts';
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

/**
 * Gives the input that the content of a request is, for a connection that its URL names: JSON in UTF-8, an object
 * without members that are not known here. Or the problem.
 */
export function readInput(content: Buffer, connection: string): InvokeInput | Problem {
  const value = parse(content);
  if (value instanceof Problem) return value;
  const members: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    // Whoever wrote the URL may repeat it.
    if (name === 'connection' && member === connection) continue;
    const kind = Object.hasOwn(MEMBERS, name) ? MEMBERS[name as keyof typeof MEMBERS] : undefined;
    if (kind === undefined) return unknownMember(name);
    if (!isKind(member, kind)) return inputRefused(`${name} is ${WORDS[kind]}`);
    members.push([name, member]);
  }
  return { ...(Object.fromEntries(members) as Omit<InvokeInput, 'connection'>), connection };
}

const WORDS = { text: 'text', number: 'a number', object: 'an object', any: 'anything' } as const;

function isKind(value: unknown, kind: keyof typeof WORDS): boolean {
  if (value === null || kind === 'any') return true;
  if (kind === 'object') return typeof value === 'object' && !Array.isArray(value);
  return kind === 'text' ? typeof value === 'string' : typeof value === 'number' && Number.isFinite(value);
}

function unknownMember(name: string): Problem {
  if (name === 'connection') return inputRefused('connection is the one that the URL names, or left out');
  const shown = JSON.stringify(name.slice(0, 100));
  return inputRefused(`${shown} is no member of a call; its members are ${NAMES.join(', ')}`);
}

function parse(content: Buffer): JsonObject | Problem {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    return inputRefused('the body of the request is a call as JSON, in UTF-8');
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : inputRefused('the body of the request is a call: an object');
}
