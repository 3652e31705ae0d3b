import type { VariableName } from '../value-types.ts';

/** The name of a catalog's variable, as it stands between braces. */
export const VARIABLE_NAME: RegExp = /^[a-z][a-z0-9_]{0,63}$/;

const BRACES = /\{([^{}]*)\}/;

/** Gives the pieces of a text that may hold `{variable}`, or null where a brace is not part of one. */
export function readVariableText(text: string): (string | VariableName)[] | null {
  const pieces: (string | VariableName)[] = [];
  for (const [index, piece] of text.split(BRACES).entries()) {
    if (index % 2 === 1) {
      if (!VARIABLE_NAME.test(piece)) return null;
      pieces.push({ variable: piece });
    } else if (/[{}]/.test(piece)) {
      return null;
    } else if (piece !== '') {
      pieces.push(piece);
    }
  }
  return pieces;
}

/** Gives the names of the variables in a text, each once, in their order. */
export function variablesIn(text: string): string[] {
  return [...new Set([...text.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? ''))];
}

/** Gives a text with every variable replaced for which there is a value; the others stay as they are written. */
export function fillVariables(text: string, valueOf: (name: string) => string | null): string {
  return text.replace(/\{([^{}]*)\}/g, (written, name: string) => valueOf(name) ?? written);
}
