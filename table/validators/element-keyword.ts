/** The keyword under which the schema of elements, or of members that no property names, stands in a validator (`bounded-keywords.ts`). */
export const ELEMENT = 'gwElement';

/** Faults after which elements are no longer looked at: no more than these are told. */
export const FAULTS_ENOUGH = 100;
