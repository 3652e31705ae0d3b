/** A segment of a caller's path that something else is put in place of: `:token`, `:realmId`. */
export const PATH_PLACEHOLDER: RegExp = /^:[A-Za-z][A-Za-z0-9_-]{0,63}$/;
