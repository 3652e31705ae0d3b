import { decodeSegment, pathOf } from '../../table/rules/target.ts';
import type { Hidden } from '../hidden.ts';
import { Problem } from '../problem.ts';

/** A credential that stands in the path: which segment it takes the place of. */
export interface PathKey {
  /** Decoded. */
  readonly segment: string;
  /** Percent-encoded. */
  readonly value: Hidden<string>;
}

/**
 * Gives a path and query with the credential in the place of its segment (compared decoded), all other bytes
 * kept. Problem where the segment does not stand there once: without it nothing may be sent, and a second one
 * would put the credential where it is no credential.
 */
export function fillSegment(rest: string, { segment, value }: PathKey): string | Problem {
  const path = pathOf(rest);
  const segments = path.split('/');
  const places = segments.flatMap((raw, at) => (at > 0 && decodeSegment(raw) === segment ? [at] : []));
  const [place] = places;
  if (place === undefined || places.length > 1) {
    return new Problem(
      'target_invalid',
      `the path must have the segment ${segment} once: the credential takes its place`,
    );
  }
  segments[place] = value.reveal();
  return segments.join('/') + rest.slice(path.length);
}
