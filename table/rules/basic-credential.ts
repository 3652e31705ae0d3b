/** Why a user name or password cannot stand in a Basic credential. */
export type BasicFault = 'colon' | 'control';

// oxlint-disable-next-line no-control-regex -- RFC 7617 2 forbids control characters in both parts
const CONTROL = /[\x00-\x1f\x7f]/;

/**
 * Gives what is wrong with a part of a Basic credential, or null. RFC 7617 2: a colon would move the border
 * between name and password. The pair is sent as base64 of UTF-8, so letters beyond Latin-1 and space at an
 * edge arrive as they are.
 */
export function basicFault(part: 'username' | 'password', value: string): BasicFault | null {
  if (part === 'username' && value.includes(':')) return 'colon';
  return CONTROL.test(value) ? 'control' : null;
}
