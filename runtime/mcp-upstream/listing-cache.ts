import type { ToolListing } from './tool-listing.ts';

/** How long a listing is answered from: a server that changes its tools is believed after that. */
export const LISTING_KEPT_MS = 60_000;

/** Listings that are kept; the one that was made first goes first. */
export const LISTINGS_MAX = 64;

/** Listings of tools that were asked for lately. */
export interface ListingCache {
  get(owner: string, now_ms: number): ToolListing | null;
  put(owner: string, listing: ToolListing, now_ms: number): void;
}

/** Gives an empty cache. Instants are monotonic milliseconds. */
export function listingCache(): ListingCache {
  const kept = new Map<string, { readonly listing: ToolListing; readonly until_ms: number }>();
  return {
    get: (owner, now_ms) => {
      const found = kept.get(owner);
      if (found === undefined) return null;
      if (now_ms < found.until_ms) return found.listing;
      kept.delete(owner);
      return null;
    },
    put: (owner, listing, now_ms) => {
      kept.delete(owner);
      kept.set(owner, { listing, until_ms: now_ms + LISTING_KEPT_MS });
      const first = kept.keys().next();
      if (kept.size > LISTINGS_MAX && first.done !== true) kept.delete(first.value);
    },
  };
}
