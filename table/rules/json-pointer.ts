/** A JSON pointer (RFC 6901 3); the empty one means the whole document. */
export const JSON_POINTER: RegExp = /^(?:\/(?:[^~/]|~[01])*)*$/;
