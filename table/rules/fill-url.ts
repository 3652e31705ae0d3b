import { fillVariables } from './variable-text.ts';

/** A URL with variables: what stands before its path and query, and these. */
export interface UrlText {
  readonly origin: string;
  readonly rest: string;
}

/** Gives the two parts of a URL that may hold variables; both are empty where it is no absolute URL. */
export function splitUrlText(text: string): UrlText {
  const [, origin = '', rest = ''] = /^([a-z]+:\/\/[^/?#]*)(.*)$/is.exec(text) ?? [];
  return { origin, rest };
}

/**
 * Gives a URL with every variable filled for which there is a value: in the host as it is, behind it
 * percent-encoded, so that a value ends neither a segment nor a query. The others stay as they are written.
 */
export function fillUrl(text: string, valueOf: (name: string) => string | null): string {
  const { origin, rest } = splitUrlText(text);
  const encoded = (name: string): string | null => {
    const value = valueOf(name);
    return value === null ? null : encodeURIComponent(value);
  };
  return fillVariables(origin, valueOf) + fillVariables(rest, encoded);
}
