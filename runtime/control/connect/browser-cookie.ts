import { createHash, timingSafeEqual } from 'node:crypto';
import { newState } from '../../grants/oauth/authorization-url.ts';
import type { Asked } from '../control-route.ts';

/**
 * The cookie that a browser is known by from the connect page to the callback. It says nothing of anybody: 256 random
 * bits. Where the pages come over https, its prefix keeps every other host from setting it (RFC 6265bis 4.1.3).
 */
function cookieName(base: string): string {
  return base.startsWith('https:') ? '__Host-gw_connect' : 'gw_connect';
}

/** Gives a browser's cookie, null without one. Of two, one was put beside ours by a neighbour, and neither is taken. */
export function browserCookie({ request, base }: Pick<Asked, 'request' | 'base'>): string | null {
  const name = `${cookieName(base)}=`;
  const pairs = (request.headers.cookie ?? '').split(/; ?/).filter((one) => one.startsWith(name));
  const value = pairs.length === 1 ? (pairs[0]?.slice(name.length) ?? '') : '';
  return /^[\w-]{43}$/.test(value) ? value : null;
}

/** Gives a new cookie, and the field that sets it. It ends with the browser's session. */
export function newBrowserCookie(base: string): { readonly cookie: string; readonly field: string } {
  const cookie = newState().reveal();
  const secure = base.startsWith('https:') ? '; Secure' : '';
  return { cookie, field: `${cookieName(base)}=${cookie}; Path=/; HttpOnly; SameSite=Lax${secure}` };
}

/** Gives what stands for a cookie where it is kept. */
export function cookieDigest(cookie: string): string {
  return digest('browser', cookie);
}

/** Gives what a form bears so that it is known to come from a page that this browser was shown for this session. */
export function formProof(cookie: string, sessionToken: string): string {
  return digest('form', `${cookie} ${sessionToken}`);
}

/** Compares two digests in a time that tells nothing of where they differ. */
export function sameDigest(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function digest(purpose: string, text: string): string {
  return createHash('sha256').update(`gw-connect ${purpose} ${text}`).digest('base64url');
}
