import type { DescriptionEntry } from '../../table/operations.ts';
import type { OperationRecord } from '../../table/operations.ts';
import { bodyCheck, checkBody } from './check-body.ts';
import type { BodyCheck } from './check-body.ts';
import { checkParameters } from './check-parameters.ts';
import type { NotTheCallers, ParameterSource } from './check-parameters.ts';
import { decodeContent } from './decode-content.ts';
import type { Decoded } from './decode-content.ts';
import { joinFaults, NO_FAULTS, oneFault } from './request-fault.ts';
import type { Faults } from './request-fault.ts';
import { validatorSet } from './validator-set.ts';
import type { ValidatorParts, ValidatorSet } from './validator-set.ts';

/** How requests of one connection are checked against its descriptions. */
export interface RequestValidation {
  readonly mode: 'warn' | 'enforce';
  readonly bodyMaxBytes: number;
  readonly not: NotTheCallers;
  readonly validatorsOf: (entry: DescriptionEntry) => ValidatorSet;
}

/** Gives the look-up of validator sets by description; descriptions that connections share have one. */
export function validatorSets(parts: ValidatorParts): RequestValidation['validatorsOf'] {
  const sets = new Map<DescriptionEntry, ValidatorSet>();
  return (entry) => {
    const set = sets.get(entry) ?? validatorSet(entry, parts);
    sets.set(entry, set);
    return set;
  };
}

/** An operation as a request is checked against it. */
export interface CheckedOperation {
  readonly record: OperationRecord;
  readonly entry: DescriptionEntry;
}

/** What a request's head comes to: its faults so far, and what is to be done with its body. */
export interface CheckedHead {
  readonly faults: Faults;
  readonly body: BodyCheck | null;
  /** There is content of a media type that is not read. */
  readonly unread: boolean;
  readonly contentEncoding: string | null;
}

/** Checks everything of a request but its content. */
export async function checkHead(
  validation: RequestValidation,
  { record, entry }: CheckedOperation,
  source: ParameterSource,
  hasBody: boolean,
): Promise<CheckedHead> {
  const validators = validation.validatorsOf(entry);
  const begun = validators.begin(record);
  if (begun !== null) await begun;
  const parameters = await checkParameters(record.parameters, source, validators, validation.not);
  const body = bodyCheck(record.request_body, headerOf(source.headers, 'content-type'), hasBody);
  const contentEncoding = headerOf(source.headers, 'content-encoding');
  const unread = body === 'unread';
  if (body === null || body === 'unread') return { faults: parameters, body: null, unread, contentEncoding };
  if (!('fault' in body)) return { faults: parameters, body, unread, contentEncoding };
  return { faults: joinFaults([parameters, oneFault(body.fault)]), body: null, unread, contentEncoding };
}

/** What checking content comes to: its faults, or why it could not be looked at. */
export type CheckedContent =
  | { readonly faults: Faults }
  | { readonly undecoded: Extract<Decoded, { fault: string }>['fault'] };

/** Checks a request's whole content, which stays as it is. */
export async function checkContent(
  validation: RequestValidation,
  { entry }: CheckedOperation,
  { body, contentEncoding }: CheckedHead,
  content: Buffer,
): Promise<CheckedContent> {
  if (body === null) return { faults: NO_FAULTS };
  const decoded = await decodeContent(content, contentEncoding);
  if ('fault' in decoded) return { undecoded: decoded.fault };
  return { faults: await checkBody(decoded.bytes, body, validation.validatorsOf(entry)) };
}

function headerOf(headers: readonly string[], name: string): string | null {
  for (let at = 0; at < headers.length; at += 2)
    if (headers[at]?.toLowerCase() === name) return headers[at + 1] ?? null;
  return null;
}
