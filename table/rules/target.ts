/**
 * The path check: what may stand in a request target, and how its path is read for rules. The one
 * implementation, used by every front door and by `gw explain`.
 */

/** Why a target, or a path where path rules exist, is refused. */
export type TargetFault =
  | 'not_origin_form'
  | 'fragment'
  | 'backslash'
  | 'control'
  | 'space'
  | 'not_ascii'
  | 'percent'
  | 'nul'
  | 'dot_segment'
  | 'encoded_slash'
  | 'encoded_backslash'
  | 'encoded_percent'
  | 'encoded_control'
  | 'semicolon'
  | 'empty_segment'
  | 'not_utf8';

/** Printable ASCII without `#` and `\`: everything else is refused at once. */
const PLAIN = /^[\x21\x22\x24-\x5b\x5d-\x7e]*$/;
const MALFORMED_PERCENT = /%(?![0-9A-Fa-f]{2})/;

/**
 * Gives why a target in origin-form (RFC 9112 3.2.1) is refused, or null. The path is looked at raw,
 * decoded once and decoded twice, because a server behind may decode again; dot segments count with
 * either slash, and with a path parameter behind them (`..;x`), which some servers drop.
 */
export function targetFault(target: string): TargetFault | null {
  if (!target.startsWith('/')) return 'not_origin_form';
  if (!PLAIN.test(target)) return firstForbidden(target);
  if (target.includes('%')) {
    if (MALFORMED_PERCENT.test(target)) return 'percent';
    if (target.includes('%00')) return 'nul';
  }
  return hasDotSegment(pathOf(target)) ? 'dot_segment' : null;
}

function firstForbidden(target: string): TargetFault {
  const forbidden = /[^\x21\x22\x24-\x5b\x5d-\x7e]/.exec(target)?.[0] ?? '';
  if (forbidden === '#') return 'fragment';
  if (forbidden === '\\') return 'backslash';
  if (forbidden === ' ') return 'space';
  return forbidden > '\x7f' ? 'not_ascii' : 'control';
}

/** Gives the part of a target before its query. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}

const DOT_SEGMENT = /(?:^|[/\\])\.{1,2}(?:[/\\;]|$)/;

function hasDotSegment(path: string): boolean {
  if (DOT_SEGMENT.test(path)) return true;
  if (!path.includes('%')) return false;
  const once = decodeBytes(path);
  return DOT_SEGMENT.test(once) || DOT_SEGMENT.test(decodeBytes(once));
}

/** Decodes each `%XX` to the character of that number, whatever bytes stand together. */
function decodeBytes(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/**
 * Gives why a path is refused where path rules decide over it, or null: forms that two readers could
 * read in two ways. `allowEncodedSlash` lets `%2F` and `%5C` pass.
 *
 * Path parameters count in either spelling, because a server that decodes first drops them all the same.
 * Control characters count because servers trim them, or end a match of theirs before a line feed.
 */
export function rulePathFault(path: string, allowEncodedSlash: boolean): TargetFault | null {
  if (path.includes(';')) return 'semicolon';
  // At the end too: a server that merges slashes reads `/admin//` as `/admin/`.
  if (path.includes('//')) return 'empty_segment';
  if (!path.includes('%')) return null;
  if (path.includes('%25')) return 'encoded_percent';
  if (/%3b/i.test(path)) return 'semicolon';
  if (/%(?:[01][0-9a-f]|7f)/i.test(path)) return 'encoded_control';
  if (!allowEncodedSlash && /%2f/i.test(path)) return 'encoded_slash';
  if (!allowEncodedSlash && /%5c/i.test(path)) return 'encoded_backslash';
  return pathSegments(path) === null ? 'not_utf8' : null;
}

/** Gives a raw segment decoded once; null where its bytes are not UTF-8. */
export function decodeSegment(raw: string): string | null {
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return null;
  }
}

/**
 * Gives the segments of a path decoded once, a trailing slash ignored: `/a%20b/c/` is `['a b', 'c']`.
 * null where the bytes are not UTF-8: overlong forms would hide characters from the rules.
 */
export function pathSegments(path: string): string[] | null {
  const raw = path.split('/').slice(1);
  if (raw.length > 0 && raw.at(-1) === '') raw.pop();
  if (!path.includes('%')) return raw;
  try {
    return raw.map(decodeURIComponent);
  } catch {
    return null;
  }
}
