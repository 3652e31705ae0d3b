/** A JSON pointer (RFC 6901 3); the empty one means the whole document. */
export const JSON_POINTER: RegExp = /^(?:\/(?:[^~/]|~[01])*)*$/;

/** Gives what a JSON pointer leads to (RFC 6901 4); undefined where there is nothing, or the pointer is none. */
export function readPointer(document: unknown, pointer: string): unknown {
  if (!JSON_POINTER.test(pointer)) return undefined;
  let value = document;
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (value === null || typeof value !== 'object') return undefined;
    if (Array.isArray(value) && !/^(?:0|[1-9]\d*)$/.test(name)) return undefined;
    if (!Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}
