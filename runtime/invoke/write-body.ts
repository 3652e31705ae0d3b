import { isMapping } from '../../table/rules/is-mapping.ts';
import type { MediaTypeRecord, SchemaNumber } from '../../table/operations.ts';
import { bodyKind, mediaTypeFor } from '../validate/check-body.ts';
import type { ValueShape } from '../validate/value-shape.ts';
import { chooseType, isJsonText } from './choose-type.ts';
import { addFault } from './faults.ts';
import type { FaultList } from './faults.ts';
import { essence, isMediaType } from '../../table/rules/media-type.ts';
import { readBase64 } from './read-base64.ts';
import type { JsonObject } from './types.ts';
import { writeForm } from './write-form.ts';
import { writeMultipart } from './write-multipart.ts';

/** What the form of a body goes by. */
export interface BodyPlan {
  readonly method: string;
  /** What the operation takes; empty where nothing is known. */
  readonly content: readonly MediaTypeRecord[];
  readonly shape: (schema: SchemaNumber | null) => ValueShape;
  /** The caller's Content-Type. */
  readonly asked: string | null;
  /** The connection's own Content-Type, which goes out whatever else is said; null where it has none. */
  readonly fixed: string | null;
}

/** Content as it goes out; `contentType` null where the connection or the caller says it. */
export interface WrittenBody {
  readonly bytes: Buffer;
  readonly contentType: string | null;
}

/** Gives a body encoded by the media type that goes with it; null without one. What is wrong is added to the faults. */
export function writeBody(body: unknown, plan: BodyPlan, faults: FaultList): WrittenBody | null {
  const { method, content, asked, fixed } = plan;
  if (body === undefined || body === null || body === '') return null;
  if (method === 'GET' || method === 'HEAD') {
    addFault(faults, 'body', null, `nothing: ${method} has no content; what selects goes into query_params`);
    return null;
  }
  if (asked !== null && !isMediaType(asked)) {
    addFault(faults, 'header', 'Content-Type', 'a media type');
    return null;
  }
  const said = fixed ?? asked;
  if (isBinary(body) && !isMember(plan, said)) return binaryBody(body as JsonObject, plan, faults);
  const form = typeof body === 'string' ? 'text' : 'value';
  const type = said ?? chooseType(content, body, form) ?? defaultType(body);
  const described = mediaTypeFor(content, essence(type));
  const written = encode(body, { type, described, shape: plan.shape }, faults);
  if (written === null) return null;
  if ('boundaryType' in written) return multipartBody(written, plan, faults);
  return { bytes: written.bytes, contentType: said === null ? type : null };
}

function defaultType(body: unknown): string {
  return typeof body === 'string' && !/^\s*[[{]/.test(body) ? 'text/plain; charset=utf-8' : jsonOrText(body);
}

function jsonOrText(body: unknown): string {
  return typeof body !== 'string' || isJsonText(body) ? 'application/json' : 'text/plain; charset=utf-8';
}

/** The boundary is ours, so the Content-Type has to be too. */
function multipartBody(
  { bytes, boundaryType }: { readonly bytes: Buffer; readonly boundaryType: string },
  { fixed }: BodyPlan,
  faults: FaultList,
): WrittenBody | null {
  if (fixed === null) return { bytes, contentType: boundaryType };
  addFault(faults, 'body', null, 'no multipart content: static_headers of the connection set Content-Type');
  return null;
}

interface Encoding {
  readonly type: string;
  readonly described: MediaTypeRecord | null;
  readonly shape: BodyPlan['shape'];
}

type Encoded = { readonly bytes: Buffer } | { readonly bytes: Buffer; readonly boundaryType: string };

function encode(body: unknown, { type, described, shape }: Encoding, faults: FaultList): Encoded | null {
  const object = typeof body === 'object' && !Array.isArray(body) ? (body as JsonObject) : null;
  const refuse = (expected: string): null => {
    addFault(faults, 'body', null, expected);
    return null;
  };
  switch (bodyKind(essence(type))) {
    case 'json': {
      if (typeof body !== 'string' || isJsonText(body))
        return utf8(typeof body === 'string' ? body : JSON.stringify(body));
      if (shape(described?.schema ?? null).scalar) return utf8(JSON.stringify(body));
      return refuse('JSON: an object or list, or text that is JSON');
    }
    case 'form':
      if (typeof body === 'string') return utf8(body);
      return object === null
        ? refuse('an object, or form content as text')
        : utf8(writeForm(object, described, faults));
    case 'multipart': {
      if (object === null)
        return refuse(
          'an object: fields as text, files as {filename, content or content_base64, content_type}',
        );
      const { bytes, contentType } = writeMultipart(object, described?.encoding ?? {}, faults);
      return { bytes, boundaryType: contentType };
    }
    case null:
      if (typeof body === 'string') return utf8(body);
      return refuse(`${essence(type)} as text, or as {content_base64, content_type}`);
  }
}

function utf8(text: string): { readonly bytes: Buffer } {
  return { bytes: Buffer.from(text, 'utf8') };
}

const BINARY_MEMBERS: ReadonlySet<string> = new Set(['content_base64', 'content_type']);

function isBinary(body: unknown): boolean {
  if (!isMapping(body)) return false;
  return Object.hasOwn(body, 'content_base64') && Object.keys(body).every((key) => BINARY_MEMBERS.has(key));
}

/** Tells whether content_base64 is a name of the API's own in the type that is sent. */
function isMember({ content, shape }: BodyPlan, said: string | null): boolean {
  const sent =
    said === null ? content : content.filter((one) => one === mediaTypeFor(content, essence(said)));
  return sent.some(({ schema }) => shape(schema).members.has('content_base64'));
}

/** Content as bytes: nothing of it is looked at. */
function binaryBody(body: JsonObject, plan: BodyPlan, faults: FaultList): WrittenBody | null {
  const { content_base64: encoded, content_type: type } = body;
  const bytes = typeof encoded === 'string' ? readBase64(encoded) : null;
  if (bytes === null) {
    faults.push({ in: 'body', name: null, pointer: '/content_base64', expected: 'base64' });
    return null;
  }
  const said = plan.fixed ?? plan.asked;
  if (type === undefined || type === null)
    return {
      bytes,
      contentType:
        said === null ? (chooseType(plan.content, body, 'bytes') ?? 'application/octet-stream') : null,
    };
  if (typeof type !== 'string' || !isMediaType(type) || (said !== null && said !== type)) {
    const expected = said === null ? 'a media type' : 'the Content-Type that goes out already, or none';
    faults.push({ in: 'body', name: null, pointer: '/content_type', expected });
    return null;
  }
  return { bytes, contentType: said === null ? type : null };
}
