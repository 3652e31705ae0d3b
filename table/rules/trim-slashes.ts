/** Gives a path without the slashes at its end. A pattern for that takes time by the square of a long run of slashes. */
export function trimSlashes(path: string): string {
  let end = path.length;
  while (path.endsWith('/', end)) end -= 1;
  return path.slice(0, end);
}
