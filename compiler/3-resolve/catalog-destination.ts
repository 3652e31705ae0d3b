import { encodeSegment } from '../../table/rules/encode-segment.ts';
import { fillVariables, variablesIn } from '../../table/rules/variable-text.ts';
import { trimSlashes } from '../../table/rules/trim-slashes.ts';
import { splitUrlText } from '../../table/rules/fill-url.ts';
import type { Destination } from '../../table/types.ts';

/**
 * Gives where a base_url of a catalog leads, what is known of its variables filled in and the rest left as
 * `{variable}`. Whether it leads anywhere is for `placeDestination`.
 */
export function catalogDestination(written: string, known: (name: string) => string | null): Destination {
  const { origin, rest } = splitUrlText(written);
  return {
    // As it stands in an origin: what is not filled in yet is not normalised again before it is served.
    origin: withoutDefaultPort(fillVariables(origin, known).toLowerCase()),
    base_path: fillVariables(trimSlashes(rest), (name) => {
      const value = known(name);
      return value === null ? null : encodeSegment(value);
    }),
    guarded: variablesIn(origin).length > 0,
  };
}

function withoutDefaultPort(origin: string): string {
  return origin.replace(origin.startsWith('https:') ? /:(?:443)?$/ : /:(?:80)?$/, '');
}
