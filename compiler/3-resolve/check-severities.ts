import type { Code } from '../diagnostic/codes.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import type { Named } from '../fields/field.ts';

/** The checks of descriptions, which a catalog may lower: what they find is a vendor's fault, and harms no one else. */
export const LOWERABLE: readonly Code[] = [
  'GW6005',
  'GW6007',
  'GW6009',
  'GW6012',
  'GW6013',
  'GW6014',
  'GW6016',
  'GW6017',
  'GW6018',
];

/** Gives a report that lowers what a catalog's `rules` names, and nothing else. */
export function applySeverities(rules: Named<'warn' | 'off'> | undefined, report: Report): Report {
  if (rules === undefined) return report;
  return (one) => {
    const rule = LOWERABLE.includes(one.code) ? rules.get(one.code)?.value : undefined;
    if (rule === 'off') return;
    report(rule === 'warn' ? { ...one, severity: 'warning' } : one);
  };
}
