const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Tells whether `name` is a field name: a token of RFC 9110 5.1 and 5.6.2. */
export function isHeaderName(name: string): boolean {
  return TOKEN.test(name);
}

/** What is wrong with a header value that we write ourselves. */
export type HeaderValueFault = 'cr_lf_nul' | 'control' | 'not_latin1' | 'edge_space';

const CR_LF_NUL = /[\r\n\0]/;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
// oxlint-disable-next-line no-control-regex -- the range is the whole of Latin-1
const LATIN1 = /^[\x00-\xff]*$/;

/**
 * Gives what is wrong with a header value that an operator wrote or a secret resolved to, or null.
 *
 * RFC 9110 5.5: CR, LF and NUL are never allowed (they end the field: request smuggling); other
 * control characters but tab are refused too, and so is space at an edge, which would not arrive.
 * The wire is Latin-1: text beyond it has no meaning that both sides share.
 */
export function headerValueFault(value: string): HeaderValueFault | null {
  if (CR_LF_NUL.test(value)) return 'cr_lf_nul';
  if (CONTROL.test(value)) return 'control';
  if (!LATIN1.test(value)) return 'not_latin1';
  if (value !== value.trim()) return 'edge_space';
  return null;
}
