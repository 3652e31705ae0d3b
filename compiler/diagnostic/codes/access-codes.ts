/** Callers and personas. */
export const ACCESS_CODES = {
  GW5001: {
    slug: 'caller-without-persona',
    severity: 'error',
    title: 'A caller may use nothing',
    why: 'Access is denied by default, and no persona gives this caller a connection.',
    fix: 'Add `personas` that allow connections, or `admin: true` for an operator.',
  },
  GW5002: {
    slug: 'caller-key',
    severity: 'error',
    title: 'A caller has no key or two',
    why: 'A caller proves who it is with one key: a digest (`key_sha256`) or a reference (`key`).',
    fix: 'Give exactly one of the two. `gw key create NAME` makes a key.',
  },
  GW5003: {
    slug: 'bad-key-digest',
    severity: 'error',
    title: 'A key digest is malformed',
    why: '`key_sha256` is the SHA-256 of the key in 64 hex digits.',
    fix: 'Use the line that `gw key create NAME` prints.',
  },
  GW5004: {
    slug: 'same-key',
    severity: 'error',
    title: 'Two callers have the same key',
    why: 'A request with it could not be told to be of one or the other.',
    fix: 'Make a key for each caller.',
  },
  GW5005: {
    slug: 'bad-path-pattern',
    severity: 'error',
    title: 'A path pattern is malformed',
    why: 'Patterns begin with `/`. `*` stays inside a segment; `**` is a whole segment and crosses.',
    fix: 'Correct it as the message says.',
  },
  GW5006: {
    slug: 'unknown-method',
    severity: 'error',
    title: 'A method is unknown',
    why: 'Methods are written in upper case and are those that the gateway serves.',
    fix: 'Correct the method, or leave `methods` out for any.',
  },
  GW5007: {
    slug: 'account-of-another-caller',
    severity: 'warning',
    title: "A caller's account is the name of another caller",
    why: 'A caller that writes no account has its name for one. Whoever writes that name as `account` uses its grants and its rate limit: that may be meant, or be a name that was taken twice.',
    fix: 'Write the same `account` at both callers where they are to share it; otherwise choose another.',
  },
} as const;
