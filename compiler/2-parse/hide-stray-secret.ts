import { hideSpan } from '../source/span.ts';
import type { Node } from './tree.ts';

/** A run that a person would not have typed: long, with digits among its letters, as keys and tokens are. */
const RANDOM_RUN = /(?=[\w+/=.~-]*\d)(?=[\w+/=.~-]*[A-Za-z])[\w+/=.~-]{16,}/;
const SECRET_FORM = /-----BEGIN|:\/\/[^/\s]*@/;
const SECRET_KEY = /key|token|secret|pass|pwd|cred|auth|pem/i;

/**
 * Keeps out of code frames what may be a secret in the wrong place: pasted into another field, or under a
 * misspelt key. `expected`: the place is one for secrets, so anything there counts as one. Short words and
 * numbers elsewhere are shown: a frame that hides the mistake itself helps nobody.
 */
export function hideStraySecret(node: Node, expected: boolean): void {
  const { source, start, end } = node.span;
  const written = source.text.slice(start, end);
  if (expected || node.kind !== 'scalar' || looksSecret(written)) {
    hideSpan(node.span);
  }
}

/** Tells whether a text holds what a person would not have typed, or what only secrets begin with. */
export function looksSecret(text: string): boolean {
  return RANDOM_RUN.test(text) || SECRET_FORM.test(text);
}

/** Tells whether an unknown key sounds like one for a secret. */
export function soundsSecret(key: string): boolean {
  return SECRET_KEY.test(key);
}
