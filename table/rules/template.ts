/** Gives a path template's segments, decoded as a path's are, a trailing slash ignored: `/a%20b/{c}/` is `['a b', '{c}']`. */
export function templateSegments(template: string): string[] {
  const segments = template.split('/').slice(1);
  if (segments.at(-1) === '') segments.pop();
  return segments.map(decodeLiteral);
}

/** Gives the literals around and between a segment's parameters: `{lat},{lon}` is `['', ',', '']`, one for a plain segment. */
export function segmentLiterals(segment: string): string[] {
  return segment.split(/\{[^{}]*\}/);
}

/** Gives the names of a segment's parameters in their order. */
export function segmentParameters(segment: string): string[] {
  return [...segment.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
}

/**
 * Gives what stands for each parameter of a segment, or null where the segment does not match. Each is at
 * least one character, and as short as the literal behind it lets it be; the last takes the rest.
 */
export function readSegment(literals: readonly string[], segment: string): string[] | null {
  const first = literals[0] ?? '';
  const last = literals.at(-1) ?? '';
  if (!segment.startsWith(first) || !segment.endsWith(last)) return null;
  const values: string[] = [];
  let at = first.length;
  for (let index = 1; index < literals.length - 1; index += 1) {
    const literal = literals[index] ?? '';
    const found = segment.indexOf(literal, at + 1);
    if (found < 0) return null;
    values.push(segment.slice(at, found));
    at = found + literal.length;
  }
  const end = segment.length - last.length;
  if (at + 1 > end) return null;
  values.push(segment.slice(at, end));
  return values;
}

/** Gives what templates have in common that match the same paths: their literals, with the parameters unnamed. */
export function templateShape(template: string): string {
  return JSON.stringify(templateSegments(template).map(segmentLiterals));
}

function decodeLiteral(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
