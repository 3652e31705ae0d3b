import { encodeSegment, isSegment } from '../../../table/rules/encode-segment.ts';
import { HALF_PAIR } from '../../../table/rules/parameter-name.ts';
import { placeDestination } from '../../../table/rules/place-destination.ts';
import type { PlaceFault } from '../../../table/rules/place-destination.ts';
import { fillVariables, variablesIn } from '../../../table/rules/variable-text.ts';
import type { FilledUrl } from './types.ts';

/**
 * Gives a URL of a plan with its variables filled in, by the rules of every base_url: a value ends neither the
 * host, nor a segment, nor a query pair. Or which variable stands against it, never its value.
 */
export function placeUrl(text: string, valueOf: (name: string) => string): FilledUrl | PlaceFault {
  if (variablesIn(text).length === 0) return { url: text, guarded: false };
  const [, origin = '', path = '', query = ''] = /^([^/?#]*\/\/[^/?#]*)([^?#]*)(\?[^#]*)?$/.exec(text) ?? [];
  const placed = placeDestination({ origin, base_path: '' }, valueOf);
  if ('fault' in placed) return placed;
  let fault: PlaceFault | null = null;
  const filledPath = fillVariables(path, (name) => {
    const value = valueOf(name);
    if (!isSegment(value)) fault = { variable: name, fault: 'cannot be a segment of a path' };
    return encodeSegment(value);
  });
  const filledQuery = fillVariables(query, (name) => {
    const value = valueOf(name);
    if (HALF_PAIR.test(value)) fault = { variable: name, fault: 'is not UTF-8' };
    else return encodeURIComponent(value);
    return '';
  });
  if (fault !== null) return fault;
  const url = new URL(placed.origin);
  url.pathname = filledPath;
  url.search = filledQuery;
  return { url: url.href, guarded: variablesIn(origin).length > 0 };
}
