import { essence } from '../../table/rules/media-type.ts';
import type { Hidden } from '../hidden.ts';

/** A request as it is about to be sent. */
export interface UnsignedRequest {
  readonly method: string;
  /** Absolute, with its query. */
  readonly url: string;
  /** The content of a form (`application/x-www-form-urlencoded`), which is signed too; null for any other. */
  readonly form: string | null;
}

/** Gives the value of the Authorization field of a request: where a credential proves itself anew with each. */
export type RequestSigner = (request: UnsignedRequest) => Hidden<string>;

/** Tells whether the content of a request is a form, by the fields that are sent: flat, name, value. */
export function isForm(headers: readonly string[]): boolean {
  for (let at = 0; at < headers.length; at += 2)
    if (headers[at]?.toLowerCase() === 'content-type')
      return essence(headers[at + 1] ?? '') === 'application/x-www-form-urlencoded';
  return false;
}
