/** Gives a count with its word: `1 value`, `2 values`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
