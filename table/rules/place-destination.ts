import type { Destination } from '../upstream-types.ts';
import { readBaseUrl } from './base-url.ts';
import { encodeSegment, isSegment } from './encode-segment.ts';
import { fillVariables } from './variable-text.ts';

/** Where requests go, with nothing left to fill in. */
export interface PlacedDestination {
  readonly origin: string;
  readonly base_path: string;
  /** Without brackets where it is an IPv6 address. */
  readonly host: string;
}

/** Why the values of variables make no destination, as the rest of a sentence. Never a value. */
export interface PlaceFault {
  /** The variable at fault; null where it is what they come to together. */
  readonly variable: string | null;
  readonly fault: string;
}

/** What is said of a value that is to be the whole host and cannot. */
export const WHOLE_HOST_FAULT: string = 'is no host name';

/** Letters, digits, dots and hyphens: what of a value can stand in a host name without ending it. */
const HOST_PART = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;
/** A whole host, where the user names it: a port may follow. */
const WHOLE_HOST = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[1-9][0-9]{0,4})?$/;

/**
 * Gives a destination with its variables filled, or why they do not fit. A value that stands in the host
 * cannot end it, and the URL that comes out is read again by the rules of every base_url: `evil.com/`,
 * `0x7f.1` and `a..b` are refused. Whether the host may be reached is for the address guard.
 */
export function placeDestination(
  { origin, base_path }: Pick<Destination, 'origin' | 'base_path'>,
  valueOf: (name: string) => string,
): PlacedDestination | PlaceFault {
  let fault: PlaceFault | null = null;
  const filledOrigin = fillVariables(origin, (name) => {
    const value = valueOf(name);
    const whole = /^https?:\/\/\{[^{}]*\}$/.test(origin);
    if (!(whole ? WHOLE_HOST : HOST_PART).test(value) || value.includes('..'))
      fault = { variable: name, fault: whole ? WHOLE_HOST_FAULT : 'cannot stand in a host name' };
    return value;
  });
  const filledPath = fillVariables(base_path, (name) => {
    const value = valueOf(name);
    if (!isSegment(value)) fault = { variable: name, fault: 'cannot be a segment of a path' };
    return encodeSegment(value);
  });
  if (fault !== null) return fault;
  const url = readBaseUrl(filledOrigin + filledPath);
  // A value may be a secret, and so what it means.
  if ('fault' in url) return { variable: null, fault: `make a base_url that ${url.untold ?? url.fault}` };
  return { origin: url.origin, base_path: url.path, host: url.host.replace(/^\[|\]$/g, '') };
}
