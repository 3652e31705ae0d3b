/**
 * Shorter values are too common to be told from ordinary text: redacting them would garble answers and
 * hide nothing.
 */
const LEAST_CHARACTERS = 4;

/** Of base64, whose characters are of an alphabet of 64. */
const LEAST_BASE64_CHARACTERS = 6;

/**
 * Gives the forms in which a secret may be said again beside its encodings for URLs and JSON: as it is, in hex, and
 * within base64 of something longer (RFC 4648), with either alphabet, wherever it begins there. None of one that is too
 * short.
 */
export function secretForms(secret: string): string[] {
  if (secret.length < LEAST_CHARACTERS) return [];
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  const encoded = [0, 1, 2].flatMap((before) => {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes]);
    // The characters that depend on nothing but the secret: six bits each.
    const [start, end] = [Math.ceil((before * 8) / 6), Math.floor((shifted.length * 8) / 6)];
    return (['base64', 'base64url'] as const).map((code) => shifted.toString(code).slice(start, end));
  });
  return [
    secret,
    // The header bytes are compared as Latin-1: as a header has the secret, and as UTF-8 has it.
    bytes.toString('latin1'),
    hex,
    hex.toUpperCase(),
    ...encoded.filter(({ length }) => length >= LEAST_BASE64_CHARACTERS),
  ];
}
