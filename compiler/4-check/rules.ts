import type { Rule } from './rule.ts';

/** Every check, in the order of the codes. */
export const RULES: readonly Rule[] = [];
