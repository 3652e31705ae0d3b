import type { Hidden } from '../hidden.ts';

/** Gives a header value with every injected secret in it replaced by `[redacted]`. */
export type Redact = (value: string) => string;

/**
 * Shorter values are too common to be told from ordinary text: redacting them would garble answers and
 * hide nothing.
 */
const LEAST_CHARACTERS = 4;

/** How often an upstream may have percent-encoded a secret: a URL within a URL within a URL. */
const ENCODINGS_MAX = 3;

/**
 * Gives the redaction of a connection's secrets: as they are, and percent-encoded in any of the ways that
 * encoders differ in (which characters, letter case, `+` for a space, more than once).
 */
export function redactor(secrets: readonly Hidden<readonly string[]>[]): Redact {
  const forms = new Set<string>();
  for (const secret of secrets.flatMap((hidden) => hidden.reveal())) {
    // The header bytes are compared as Latin-1: as a header has the secret, and as UTF-8 has it.
    if (secret.length >= LEAST_CHARACTERS)
      forms.add(secret).add(Buffer.from(secret, 'utf8').toString('latin1'));
  }
  const sought = [...forms].sort((a, b) => b.length - a.length);
  if (sought.length === 0) return (value) => value;
  return (value) => {
    let redacted = value;
    for (const form of sought) {
      if (redacted.includes(form)) redacted = redacted.replaceAll(form, '[redacted]');
    }
    return /[%+]/.test(redacted) ? redactEncoded(redacted, sought) : redacted;
  };
}

/** A text decoded some times, and where in the original each of its characters begins; the end comes last. */
interface Layer {
  readonly text: string;
  readonly starts: readonly number[];
}

function redactEncoded(value: string, sought: readonly string[]): string {
  const hidden = new Set<number>();
  let layer: Layer = { text: value, starts: Array.from({ length: value.length + 1 }, (_, at) => at) };
  for (let depth = 0; depth <= ENCODINGS_MAX; depth += 1) {
    // A `+` may be itself or a space: either counts as the other.
    const text = layer.text.replaceAll('+', ' ');
    for (const form of sought) hide({ ...layer, text }, form.replaceAll('+', ' '), hidden);
    if (!layer.text.includes('%')) break;
    layer = decodeOnce(layer);
  }
  if (hidden.size === 0) return value;
  let redacted = '';
  for (let at = 0; at < value.length; at += 1) {
    if (!hidden.has(at)) redacted += value[at];
    else if (!hidden.has(at - 1)) redacted += '[redacted]';
  }
  return redacted;
}

/** Adds the original places of every occurrence of `form`. */
function hide({ text, starts }: Layer, form: string, hidden: Set<number>): void {
  for (let found = text.indexOf(form); found >= 0; found = text.indexOf(form, found + 1)) {
    const end = starts[found + form.length] ?? 0;
    for (let at = starts[found] ?? end; at < end; at += 1) hidden.add(at);
  }
}

function decodeOnce({ text, starts }: Layer): Layer {
  const decoded: string[] = [];
  const begins: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    begins.push(starts[at] ?? 0);
    const hex = text[at] === '%' ? text.slice(at + 1, at + 3) : '';
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      decoded.push(String.fromCharCode(Number.parseInt(hex, 16)));
      at += 2;
    } else {
      decoded.push(text[at] ?? '');
    }
  }
  begins.push(starts.at(-1) ?? 0);
  return { text: decoded.join(''), starts: begins };
}
