/**
 * Gives the value of a field as it stands in a line of fields: as it is, or, where a reader could take a part of it for
 * another field or a terminal for a command, as a JSON string.
 */
export function fieldText(value: string): string {
  return /^[^\s"=\p{C}\p{Z}]+$/u.test(value) ? value : escaped(JSON.stringify(value));
}

/** Gives JSON in one line that moves no cursor and turns no text around: what is not shown is escaped. */
export function escaped(json: string): string {
  return json.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
