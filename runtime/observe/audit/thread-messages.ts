import { StoreUnavailable } from '../../store/store-errors.ts';
import type { AuditStore } from './audit-store.ts';

/** What the thread of a store is asked: a call of the store, by name. */
export interface ThreadCall {
  readonly number: number;
  readonly name: keyof AuditStore;
  /** JSON: a text crosses to the other thread faster than many values. */
  readonly given: string;
}

/** What it gives back. */
export type ThreadAnswer =
  | { readonly number: number; readonly gave: string }
  | { readonly number: number; readonly failed: FailedCall };

/** An error, without what cannot cross. */
export interface FailedCall {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Of a StoreUnavailable. */
  readonly unavailable: { readonly code: string; readonly retry_after_ms: number } | null;
}

/** Gives an error in the form in which it crosses. */
export function failedCall(error: unknown): FailedCall {
  if (!(error instanceof Error))
    return { name: 'Error', message: 'not an Error', stack: '', unavailable: null };
  const { name, message, stack = '' } = error;
  const unavailable =
    error instanceof StoreUnavailable ? { code: error.code, retry_after_ms: error.retry_after_ms } : null;
  return { name, message, stack, unavailable };
}

/** Gives the error of a form that crossed. */
export function errorOf({ name, message, stack, unavailable }: FailedCall): Error {
  if (unavailable !== null) return new StoreUnavailable(unavailable.code, unavailable.retry_after_ms);
  return Object.assign(new Error(message), { name, stack });
}
