import { targetFault } from '../../table/rules/target.ts';
import type { TargetFault } from '../../table/rules/target.ts';
import { Problem } from '../problem.ts';

/** A request target taken apart: the connection's name, and everything behind it byte for byte. */
export interface RequestTarget {
  /** The first segment, raw: compared with names, never decoded. */
  readonly prefix: string;
  /** `''`, or from the next `/` or `?` on, exactly as the caller sent it. */
  readonly rest: string;
}

/**
 * Gives a target in origin-form: itself, or what stands behind the authority of an absolute-form
 * (RFC 9112 3.2.2) whose authority is that of Host. Problem otherwise: two names for one request
 * would let a front and us disagree on who is meant.
 */
export function originForm(url: string, host: string | null): string | Problem {
  if (url.startsWith('/')) return url;
  const absolute = /^http:\/\/([^/?#]*)(.*)$/i.exec(url);
  if (absolute === null) return invalid('not_origin_form');
  const [, authority = '', rest = ''] = absolute;
  if (host === null || authority.toLowerCase() !== host.toLowerCase()) {
    return new Problem(
      'message_malformed',
      'the authority of the request target is not that of the Host header',
    );
  }
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Splits an origin-form target at its first segment, or gives the problem of its characters and segments. */
export function splitTarget(target: string): RequestTarget | Problem {
  const fault = targetFault(target);
  if (fault !== null) return invalid(fault);
  const end = firstSegmentEnd(target);
  return { prefix: target.slice(1, end), rest: target.slice(end) };
}

function firstSegmentEnd(target: string): number {
  for (let at = 1; at < target.length; at += 1) {
    const code = target.charCodeAt(at);
    if (code === 0x2f || code === 0x3f) return at;
  }
  return target.length;
}

const DETAILS: Readonly<Record<TargetFault, string>> = {
  not_origin_form: 'the request target is not a path',
  fragment: 'the request target has a #; write %23',
  backslash: 'the request target has a backslash; write %5C',
  control: 'the request target has a control character',
  space: 'the request target has a raw space; write %20',
  not_ascii: 'the request target has a character outside ASCII; percent-encode it',
  percent: 'the request target has a % that two hex digits do not follow; write %25',
  nul: 'the request target has %00',
  dot_segment: 'the path has a dot segment, plain or encoded',
  encoded_slash: 'the path has %2F, which path rules on this connection do not allow (allow_encoded_slash)',
  encoded_backslash:
    'the path has %5C, which path rules on this connection do not allow (allow_encoded_slash)',
  encoded_percent: 'the path has %25, which path rules on this connection do not allow',
  encoded_control:
    'the path has an encoded control character, which path rules on this connection do not allow',
  semicolon: 'the path has a ;, plain or encoded, which path rules on this connection do not allow',
  empty_segment: 'the path has an empty segment, which path rules on this connection do not allow',
  not_utf8: 'the path has escapes that are not UTF-8, which path rules on this connection do not allow',
};

/** Gives the problem of a target that is refused for this fault. */
export function invalid(fault: TargetFault): Problem {
  return new Problem('target_invalid', DETAILS[fault]);
}
