import { createRequire } from 'node:module';
import type * as JsYaml from 'js-yaml';
import type { RE2JS } from 're2js';

// Loaded where they are first needed, and at once, not in a promise: documents refer to one another while they
// are read. A run that finds every document in the cache loads neither.
const require = createRequire(import.meta.url);

let yaml: typeof JsYaml | null = null;

/** Gives js-yaml. */
export function jsYaml(): typeof JsYaml {
  // Asked for by each of thousands of files: node's own look-up takes longer than some of them.
  yaml ??= require('js-yaml') as typeof JsYaml;
  return yaml;
}

/** Gives the linear-time engine for patterns. */
export function linearEngine(): typeof RE2JS {
  return (require('re2js') as { RE2JS: typeof RE2JS }).RE2JS;
}
