/** A media type with its parameters in characters of RFC 9110 8.3.1: what can stand in a header or a part's head. */
const MEDIA_TYPE =
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+\/[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:[ \t]*;[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"[\t\x20\x21\x23-\x5b\x5d-\x7e]*"))*$/;

/** Tells whether a text is a media type, its parameters included. A range (`image/*`) is none. */
export function isMediaType(text: string): boolean {
  return MEDIA_TYPE.test(text) && !essence(text).includes('*');
}

/** Gives a media type without parameters, in lower case. */
export function essence(text: string): string {
  return (text.split(';')[0] ?? '').trim().toLowerCase();
}

/** Tells whether content of a media type (as `essence` gives it) is JSON: by its name or its suffix (RFC 6839 3.1). */
export function isJsonType(type: string): boolean {
  return type === 'application/json' || type === 'text/json' || type.endsWith('+json');
}

/** Gives the value of a parameter of a header's value, unquoted; null without it. */
export function headerParameter(value: string, name: string): string | null {
  const pattern = /;[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/g;
  for (const [, key = '', quoted, token] of value.matchAll(pattern)) {
    if (key.toLowerCase() !== name) continue;
    return quoted === undefined ? (token ?? '') : quoted.replace(/\\(.)/g, '$1');
  }
  return null;
}
