/**
 * Gives a vendor's text as it may go to a terminal: one line, without control characters (a document could
 * otherwise move the cursor), and without those that change the direction of what follows.
 */
export function oneLine(text: string, charactersMax: number = Infinity): string {
  const line = text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
  return line.length <= charactersMax ? line : `${line.slice(0, charactersMax - 1).trimEnd()}…`;
}
