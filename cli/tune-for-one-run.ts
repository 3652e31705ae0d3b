import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 optimise less: a compile ends before most of what is optimised for it pays, and optimising took a third
 * of its CPU time (docs/decisions/0018-cost-of-a-compile.md). Said to the V8 of Node 20 alone: later ones have
 * other names for it, and a tier between that makes it matter less.
 */
export function tuneForOneRun(): void {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString(`--interrupt-budget=${OPTIMISED_FROM}`);
}

/** Bytecode that a function runs through before it is considered; V8's own is 67,584. */
const OPTIMISED_FROM = 500_000;
