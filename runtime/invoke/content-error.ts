import { AnswerBroken } from '../call-upstream.ts';
import { ContentUndecodable } from './collect-content.ts';
import type { InvokeError } from './types.ts';

/** What is known of content that is not told. */
export interface UntoldContent {
  readonly contentType: string | null;
  /** Bytes, where they are known. */
  readonly size: number | null;
  /** Why, where it is not that it is no text. */
  readonly coding: string | null;
}

/** Gives what is said in place of content that does not fit into JSON: above all, that the call was made. */
export function notInlineable(status: number, { contentType, size, coding }: UntoldContent): InvokeError {
  const length = size === null ? '' : `, ${size} bytes`;
  const what = coding === 'unknown' ? 'in a Content-Encoding that is not decoded here' : 'no text';
  return {
    code: 'body_not_inlineable',
    message:
      `the call was made and the upstream answered ${status}: do not repeat it to be sure. The body is ${what}` +
      ` (${contentType ?? 'no Content-Type'}${length}) and is not told; invoke-raw streams it`,
    content_type: contentType,
    size_bytes: size,
  };
}

/** Gives what is said of content that broke off. */
export function brokenBecause(error: Error): InvokeError {
  if (error instanceof AnswerBroken) {
    const { code, detail } = error.problem;
    return {
      code,
      message: `the call was made, and its answer broke off: ${detail}; body is what came of it`,
    };
  }
  if (error instanceof ContentUndecodable)
    return {
      code: 'upstream_protocol',
      message:
        'the call was made, and its answer is not what its Content-Encoding says; body is what came of it',
    };
  throw error;
}
