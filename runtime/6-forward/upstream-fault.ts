import { Problem } from '../problem.ts';
import { CallerFault } from './caller-body.ts';
import { AddressRefused } from './network.ts';

/** Codes of undici that say: the upstream's bytes are not HTTP that can be relayed. */
const PROTOCOL = new Set([
  // node's refusal to write a header that the upstream sent
  'ERR_INVALID_CHAR',
  'ERR_INVALID_HTTP_TOKEN',
  'ERR_HTTP_INVALID_STATUS_CODE',

  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
]);
/** undici's words for an unasked 100 and 101: such an error has the code of a lost socket. */
const UNASKED = new Set(['bad response', 'bad upgrade']);
const TIMEOUT = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
/** Codes of undici that say: the request was refused before a byte was sent. We should have refused it. */
const OURS = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
]);

/**
 * Gives the problem of an exchange that failed before its answer began, or null when the caller is gone
 * and nobody is left to tell. The error's text is never told: it may hold a URL.
 */
export function upstreamFault(error: Error, connection: string): Problem | null {
  if (error instanceof CallerFault) return error.problem;
  if (error instanceof AddressRefused) return addressRefused(error, connection);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const logged = { error: code === '' ? error.name : code };
  if (TIMEOUT.has(code)) {
    return new Problem(
      'upstream_timeout',
      `the upstream of ${connection} sent no response headers within call_timeout`,
      { logged },
    );
  }
  if (isProtocolFault(error, code)) {
    return new Problem(
      'upstream_protocol',
      `the upstream of ${connection} sent what is not a valid HTTP response`,
      { logged },
    );
  }
  if (code === '' || OURS.has(code))
    return new Problem('internal', 'the request could not be sent', { logged });
  return new Problem(
    'upstream_unreachable',
    `the upstream of ${connection} could not be reached or closed the connection`,
    { logged },
  );
}

/** Nothing was sent. Where the name leads is for the log: the caller may be who chose it, to look around in here. */
function addressRefused({ code, address, why }: AddressRefused, connection: string): Problem {
  return new Problem(
    'forbidden',
    `the host of ${connection} leads to an address that is not public (allow_private)`,
    { logged: { error: code, refused_address: address, refused_as: why } },
  );
}

function isProtocolFault({ name, message }: Error, code: string): boolean {
  // undici's parser errors have a code only where llhttp gave one.
  if (name === 'HTTPParserError' || name === 'AssertionError') return true;
  return PROTOCOL.has(code) || code.startsWith('HPE_') || (code === 'UND_ERR_SOCKET' && UNASKED.has(message));
}
