import { encodeSegment } from '../../table/rules/encode-segment.ts';
import { fillVariables, variablesIn } from '../../table/rules/variable-text.ts';
import { trimSlashes } from '../../table/rules/trim-slashes.ts';
import type { Destination } from '../../table/types.ts';

/**
 * Gives where a base_url of a catalog leads, what is known of its variables filled in and the rest left as
 * `{variable}`. Whether it leads anywhere is for `placeDestination`.
 */
export function catalogDestination(written: string, known: (name: string) => string | null): Destination {
  const [, origin = '', path = ''] = /^([a-z]+:\/\/[^/]*)(.*)$/is.exec(written) ?? [];
  return {
    origin: fillVariables(origin, known),
    base_path: fillVariables(trimSlashes(path), (name) => {
      const value = known(name);
      return value === null ? null : encodeSegment(value);
    }),
    guarded: variablesIn(origin).length > 0,
  };
}
