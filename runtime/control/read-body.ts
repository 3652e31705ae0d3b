import type { IncomingMessage } from 'node:http';
import { isMapping } from '../../table/rules/is-mapping.ts';
import { Problem } from '../problem.ts';

/** The longest body that the control address takes. */
const BODY_MAX_BYTES = 64 * 1024;

/** Gives a request's body, or the problem that it is too large. Rejects where it breaks off: nobody waits for an answer then. */
export function readBody(request: IncomingMessage): Promise<Buffer | Problem> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= BODY_MAX_BYTES) return;
      // Not destroyed: the answer goes out on the same socket, which is closed behind it.
      request.off('data', onData).pause();
      resolve(
        new Problem('body_too_large', `the control address takes bodies of up to ${BODY_MAX_BYTES} bytes`),
      );
    };
    request.on('data', onData);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('close', () => reject(new RequestGone()));
  });
}

/** The request broke off before it was whole. */
export class RequestGone extends Error {
  override readonly name = 'RequestGone';
}

/** What a member of a body has to be. */
export type MemberType = 'string' | 'boolean';

/** Which members a body may have, and which it must. */
export type Members = Readonly<Record<string, { readonly type: MemberType; readonly required?: boolean }>>;

/**
 * Gives a JSON object, or the problem that names everything in it that is not taken: a member that is misspelt would
 * otherwise do something else than was meant, without a word. No body is an empty object.
 */
export async function readMembers(
  request: IncomingMessage,
  members: Members,
): Promise<ReadonlyMap<string, unknown> | Problem> {
  const body = await readBody(request);
  if (body instanceof Problem) return body;
  const parsed = body.length === 0 ? {} : parse(body);
  if (!isMapping(parsed)) return inputInvalid(['the body is not a JSON object']);
  const given = new Map<string, unknown>(Object.entries(parsed));
  const known = Object.keys(members);
  const faults = [...given.keys()]
    .filter((name) => !known.includes(name))
    .map(
      (name) =>
        `${JSON.stringify(name.slice(0, 64))} is not a member of it: ${known.join(', ') || 'it has none'}`,
    );
  for (const [name, { type, required }] of Object.entries(members)) {
    const value = given.get(name);
    if (value === undefined ? required === true : typeof value !== type)
      faults.push(`${JSON.stringify(name)} has to be a ${type}`);
  }
  return faults.length > 0 ? inputInvalid(faults) : given;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Gives the problem of a request whose parts cannot be taken, each fault told. */
export function inputInvalid(faults: readonly string[]): Problem {
  return new Problem('input_invalid', faults.join('; '));
}

/** Gives the parameters of a query, or the problem that names those that are not known or stand twice. */
export function readQuery(
  query: URLSearchParams,
  known: readonly string[],
): ReadonlyMap<string, string> | Problem {
  const values = new Map<string, string>();
  const faults: string[] = [];
  for (const [name, value] of query) {
    if (!known.includes(name))
      faults.push(`${JSON.stringify(name.slice(0, 64))} is not a parameter of it: ${known.join(', ')}`);
    else if (values.has(name)) faults.push(`${JSON.stringify(name)} stands more than once`);
    values.set(name, value);
  }
  return faults.length > 0 ? inputInvalid(faults) : values;
}
