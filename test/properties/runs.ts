/** How often each property is tried. Cheap ones have several times that. */
export const RUNS = 1_000;
