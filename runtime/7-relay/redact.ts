import type { Hidden } from '../hidden.ts';

/** Gives a header value with every injected secret in it replaced by `[redacted]`. */
export type Redact = (value: string) => string;

/**
 * Shorter values are too common to be told from ordinary text: redacting them would garble answers and
 * hide nothing.
 */
const LEAST_CHARACTERS = 4;

/** Gives the redaction of a connection's secrets: as they are, and percent-encoded in either letter case. */
export function redactor(secrets: readonly Hidden<readonly string[]>[]): Redact {
  const forms = new Set<string>();
  // What was resolved came out of UTF-8, so it has no half surrogate pair for encodeURIComponent to refuse.
  for (const secret of secrets.flatMap((hidden) => hidden.reveal())) {
    if (secret.length < LEAST_CHARACTERS) continue;
    const encoded = encodeURIComponent(secret);
    forms
      .add(secret)
      .add(encoded)
      .add(encoded.replace(/%../g, (hex) => hex.toLowerCase()));
  }
  const sought = [...forms].sort((a, b) => b.length - a.length);
  return (value) => {
    let redacted = value;
    for (const form of sought) {
      if (redacted.includes(form)) redacted = redacted.replaceAll(form, '[redacted]');
    }
    return redacted;
  };
}
