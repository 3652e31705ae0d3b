import { essence, isJsonType } from '../../table/rules/media-type.ts';
import type { EncodingRecord, MediaTypeRecord, RequestBodyRecord } from '../../table/operations.ts';
import { boundaryOf, readMultipart } from './read-multipart.ts';
import type { Part } from './read-multipart.ts';
import { BRACKETED, BY_DEFAULT, emptyObject, readFromPairs, readPairs } from './read-style.ts';
import type { RequestFault } from '../problem.ts';
import { faultsAt, NO_FAULTS, oneFault } from './request-fault.ts';
import type { Faults } from './request-fault.ts';
import type { ValidatorSet } from './validator-set.ts';

/** Levels that JSON may be nested: validators of schemas that refer to themselves go as deep as their values. */
const DEPTH_MAX = 100;

const BODY = { in: 'body', name: null } as const;

/** Content that is to be checked, and how. */
export interface BodyCheck {
  readonly kind: 'json' | 'form' | 'multipart';
  readonly content: MediaTypeRecord;
  readonly contentType: string;
}

/**
 * What a request's head says of its body: a fault, how to check it, `unread` where it is content that is not
 * read (XML, text, files, sequences), or null where nothing is to be checked.
 */
export function bodyCheck(
  body: RequestBodyRecord | null,
  contentType: string | null,
  present: boolean,
): { readonly fault: RequestFault } | BodyCheck | 'unread' | null {
  if (body === null) return null;
  if (!present) {
    return body.required ? { fault: { ...BODY, pointer: '', expected: 'a body' } } : null;
  }
  if (body.content.length === 0) return null;
  const type = essence(contentType ?? '');
  const content = mediaTypeFor(body.content, type);
  if (content === null || contentType === null) {
    const expected = `one of ${body.content.map((one) => one.media_type).join(', ')}`;
    return { fault: { in: 'header', name: 'Content-Type', pointer: '', expected } };
  }
  const kind = bodyKind(type);
  if (kind === null) return 'unread';
  return content.schema === null ? null : { kind, content, contentType };
}

/** Gives the most concrete media type that covers one that is sent, in lower case without parameters; null without. */
export function mediaTypeFor(content: readonly MediaTypeRecord[], type: string): MediaTypeRecord | null {
  const plain = content.map((one) => ({ one, key: essence(one.media_type) }));
  for (const key of [type, `${type.split('/')[0] ?? ''}/*`, '*/*', '*']) {
    const found = plain.find((candidate) => candidate.key === key);
    if (found !== undefined) return found.one;
  }
  return null;
}

/** Gives how content of a media type (lower case, without parameters) is taken apart; null where it is not. */
export function bodyKind(type: string): BodyCheck['kind'] | null {
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type === 'multipart/form-data') return 'multipart';
  return isJsonType(type) ? 'json' : null;
}

/** Gives what is wrong with decoded content. */
export async function checkBody(
  bytes: Buffer,
  { kind, content, contentType }: BodyCheck,
  validators: ValidatorSet,
): Promise<Faults> {
  const { schema } = content;
  if (schema === null) return NO_FAULTS;
  const read = readValue(bytes, { kind, content, contentType }, validators);
  if ('expected' in read) return oneFault({ ...BODY, pointer: '', expected: read.expected });
  const check = await validators.check(schema, kind === 'json' ? 'json' : 'text');
  return faultsAt(BODY, check(read.value));
}

type Read = { readonly value: unknown } | { readonly expected: string };

function readValue(bytes: Buffer, check: BodyCheck, validators: ValidatorSet): Read {
  switch (check.kind) {
    case 'json':
      return readJson(bytes);
    case 'form':
      return readForm(bytes, check, validators);
    case 'multipart':
      return readParts(bytes, check, validators);
  }
}

function readJson(bytes: Buffer): Read {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (isDeepJson(text)) return { expected: `JSON that is nested at most ${DEPTH_MAX} levels` };
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { expected: 'JSON' };
  }
}

/** Tells whether JSON is nested deeper than anything here follows it. */
export function isDeepJson(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) depth -= 1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}

function readForm(bytes: Buffer, { content }: BodyCheck, validators: ValidatorSet): Read {
  const pairs = readPairs(bytes.toString('utf8'));
  const shape = validators.shape(content.schema);
  const value = emptyObject();
  const known = new Set([...shape.members.keys(), ...Object.keys(content.encoding)]);
  for (const [name, member] of shape.members) {
    const style = styleOf(content.encoding, name);
    const memberShape = validators.shapeOf(member);
    // Where nothing is said, brackets are understood too: that is how forms with values in values are written.
    const bracketed = style === null && pairs.some((pair) => pair.name.startsWith(`${name}[`));
    const read =
      readFromPairs(name, style ?? BY_DEFAULT, memberShape, pairs) ??
      (bracketed ? readFromPairs(name, BRACKETED, memberShape, pairs) : undefined);
    if (read !== undefined) value[name] = read;
  }
  // What the schema does not name is given as it came, for additionalProperties to judge.
  for (const { name, raw } of pairs) {
    const base = name.split('[')[0] ?? name;
    if (known.has(name) || known.has(base) || Object.hasOwn(value, name)) continue;
    const read = readFromPairs(name, BY_DEFAULT, validators.shapeOf(true), [{ name, raw }]);
    if (read !== undefined) value[name] = read;
  }
  return { value };
}

function styleOf(encoding: Readonly<Record<string, EncodingRecord>>, name: string): EncodingRecord | null {
  return Object.hasOwn(encoding, name) ? (encoding[name] ?? null) : null;
}

function readParts(bytes: Buffer, { content, contentType }: BodyCheck, validators: ValidatorSet): Read {
  const boundary = boundaryOf(contentType);
  const parts = boundary === null ? null : readMultipart(bytes, boundary);
  if (parts === null) return { expected: 'multipart/form-data with its boundary (RFC 7578)' };
  const shape = validators.shape(content.schema);
  const value = Object.create(null) as Record<string, unknown>;
  for (const part of parts) {
    const read = partValue(part, styleOf(content.encoding, part.name));
    if ('expected' in read) return { expected: 'JSON in each part whose Content-Type is JSON' };
    const before = value[part.name];
    const member = shape.members.get(part.name);
    const list = member !== undefined && validators.shapeOf(member).array;
    if (Array.isArray(before)) before.push(read.value);
    else if (before !== undefined) value[part.name] = [before, read.value];
    else value[part.name] = list && !Array.isArray(read.value) ? [read.value] : read.value;
  }
  return { value };
}

function partValue({ bytes, mediaType, isFile }: Part, encoding: EncodingRecord | null): Read {
  const type = mediaType ?? encoding?.content_type ?? '';
  if (!isFile && /^application\/(?:[^;,]*\+)?json/.test(type)) return readJson(bytes);
  // The bytes of a file as characters: lengths can be checked, and nothing is lost in decoding.
  return { value: bytes.toString(isFile ? 'latin1' : 'utf8') };
}
