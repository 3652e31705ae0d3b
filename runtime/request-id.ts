import { randomBytes } from 'node:crypto';

/** Gives a source of request ids: unique over processes and starts, and cheap: a random word, then a count. */
export function requestIds(): () => string {
  const start = randomBytes(8).toString('base64url');
  let count = 0;
  return () => `${start}-${(count++).toString(36)}`;
}
