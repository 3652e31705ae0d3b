import type { IncomingMessage } from 'node:http';
import { connectionNominated } from '../../table/rules/connection-nominated.ts';
import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import type { GatewayLimits } from '../../table/types.ts';
import { Problem } from '../problem.ts';

/** What one pass over the raw header fields finds: names folded once, and the fields that steer the exchange. */
export interface RequestFields {
  /** Flat as node gives them: name, value, name, value. */
  readonly raw: readonly string[];
  /** The folded name of each field: `folded[i]` is that of `raw[2 * i]`. */
  readonly folded: readonly string[];
  host: string | null;
  authorization: string | null;
  apiKey: string | null;
  /** Gateway-Connection or Maton-Connection: the grant that the caller names. */
  grant: string | null;
  contentLength: string | null;
  transferEncoding: string | null;
  expect: string | null;
  upgrade: string | null;
  /** Folded names that `Connection` nominates; null without that header. */
  nominated: string[] | null;
}

/** Fields that may stand once, and where each is kept. */
const ONCE: ReadonlyMap<
  string,
  'host' | 'authorization' | 'apiKey' | 'grant' | 'contentLength' | 'transferEncoding' | 'expect'
> = new Map([
  ['host', 'host'],
  ['authorization', 'authorization'],
  ['x-api-key', 'apiKey'],
  ['gateway-connection', 'grant'],
  ['maton-connection', 'grant'],
  ['content-length', 'contentLength'],
  ['transfer-encoding', 'transferEncoding'],
  ['expect', 'expect'],
]);

/** Gives the fields of a request, or the problem: too large, too many, or twice what must stand once. */
export function readFields(
  { rawHeaders: raw }: Pick<IncomingMessage, 'rawHeaders'>,
  limits: GatewayLimits,
): RequestFields | Problem {
  if (raw.length > 2 * limits.headers_max_count)
    return tooLarge(`more than ${limits.headers_max_count} header fields (headers_max_count)`);
  const folded: string[] = [];
  const fields: RequestFields = {
    raw,
    folded,
    host: null,
    authorization: null,
    apiKey: null,
    grant: null,
    contentLength: null,
    transferEncoding: null,
    expect: null,
    upgrade: null,
    nominated: null,
  };
  let total = 0;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const value = raw[at + 1] ?? '';
    const size = name.length + value.length + 4;
    if (size > limits.header_field_max_bytes)
      return tooLarge(`a header field is over ${limits.header_field_max_bytes} bytes (header_field_max)`);
    total += size;
    const fold = foldHeaderName(name);
    folded.push(fold);
    const fault = keep(fields, fold, { name, value });
    if (fault !== null) return fault;
  }
  return total > limits.headers_max_bytes
    ? tooLarge(`the header fields are over ${limits.headers_max_bytes} bytes (headers_max)`)
    : fields;
}

function tooLarge(detail: string): Problem {
  return new Problem('headers_too_large', detail);
}

interface Field {
  readonly name: string;
  readonly value: string;
}

function keep(fields: RequestFields, fold: string, { name, value }: Field): Problem | null {
  const once = ONCE.get(fold);
  if (once !== undefined) {
    if (fields[once] !== null) return new Problem('message_malformed', `more than one ${fold} header`);
    // `Content_Length` frames nothing here, but does for a server that folds names: nobody means well by it.
    if ((once === 'contentLength' || once === 'transferEncoding') && name.toLowerCase() !== fold)
      return new Problem('message_malformed', `a header that some servers read as ${fold}`);
    fields[once] = value;
  } else if (fold === 'connection') {
    fields.nominated = [...(fields.nominated ?? []), ...connectionNominated(value)];
  } else if (fold === 'upgrade') {
    fields.upgrade = fields.upgrade === null ? value : `${fields.upgrade}, ${value}`;
  }
  return null;
}
