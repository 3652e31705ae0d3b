import { hideSpan } from '../source/span.ts';
import type { Node } from './tree.ts';

const LONG_RUN = /[\w+/=.~-]{16,}/g;
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
  return SECRET_FORM.test(text) || (text.match(LONG_RUN) ?? []).some(isRandom);
}

/** A run that a person would not have typed: long, with digits among its letters, as keys and tokens are. */
function isRandom(run: string): boolean {
  return /\d/.test(run) && /[A-Za-z]/.test(run);
}

/** Tells whether an unknown key sounds like one for a secret. */
export function soundsSecret(key: string): boolean {
  return SECRET_KEY.test(key);
}
