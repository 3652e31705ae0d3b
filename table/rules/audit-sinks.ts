import type { AuditPlan } from '../types.ts';

/** Tells whether rows of the audit go to the store. */
export function usesStore({ sink }: Pick<AuditPlan, 'sink'>): boolean {
  return sink === 'store' || sink === 'both';
}

/** Tells whether rows of the audit are written as lines of JSON. */
export function writesLines({ sink }: Pick<AuditPlan, 'sink'>): boolean {
  return sink === 'jsonl' || sink === 'both';
}
