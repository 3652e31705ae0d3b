import * as fc from 'fast-check';
import { odd } from './odd-texts.ts';

/** A text that is odd, or one that a rule is about. */
const words = fc.constantFrom(
  'a',
  '1',
  'admin',
  'secret',
  '..',
  '.',
  '%2e%2e',
  'admin/x',
  '../admin',
  '..%2fadmin',
  '%2561dmin',
  'v1',
  '/v1/admin',
  'x\r\nHost: evil',
  'x\nX-Static: mine',
  '\\..\\admin',
  '//evil.example',
  'a;b',
  '%73ecret',
  '@evil.example',
);
const text = fc.oneof(
  words,
  odd,
  fc.tuple(words, odd).map(([one, other]) => one + other),
);
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    text,
    text,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(text, tie('any'), { maxKeys: 3 }),
  ),
})).any;
const headerName = fc.oneof(
  fc.constantFrom(
    'Host',
    'host',
    'HOST ',
    'Content-Length',
    'Content_Length',
    'Transfer-Encoding',
    'transfer.encoding',
    'Connection',
    'TE',
    'Trailer',
    'Upgrade',
    'Expect',
    'Keep-Alive',
    'Proxy-Connection',
    'Authorization',
    'X-API-Key',
    'X-Static',
    'x_static',
    'X.Static',
    'Cookie',
    'Gateway-Error',
    'gateway_connection',
    'Via',
    'Forwarded',
    'X-Forwarded-For',
    'X-HTTP-Method-Override',
    'X_Original_URL',
    'Content-Type',
    'Accept',
    'X-Own',
    'x-own',
    'Content-Encoding',
  ),
  text,
);
const headerValue = fc.oneof(
  fc.constantFrom(
    'a',
    'chunked',
    '0',
    'close',
    'evil.example',
    'DELETE',
    'application/json',
    'multipart/form-data; boundary=x',
    'text/plain',
    'gzip',
  ),
  text,
  value,
);
const queryName = fc.oneof(
  fc.constantFrom(
    'api_key',
    'api_key ',
    'API_KEY',
    'api%5Fkey',
    'deep',
    '_method',
    'a&api_key',
    'a;api_key',
    'a=b&api_key',
  ),
  text,
);
const file = fc.record(
  { filename: text, content: text, content_type: text },
  { requiredKeys: ['filename', 'content'] },
);
/** Mostly plain, and odd in the end: where every part is odd, every call is refused for another than the one that is looked at. */
function mostly(plain: unknown, ...others: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> {
  const weighed = others.map((arbitrary) => ({ arbitrary, weight: 1 }));
  return fc.oneof({ arbitrary: fc.constant(plain), weight: 3 * others.length }, ...weighed);
}

const rest = {
  query_params: mostly({ q: 'x' }, fc.dictionary(queryName, value, { maxKeys: 2 })),
  headers: mostly({ 'X-Own': 'x' }, fc.dictionary(headerName, headerValue, { maxKeys: 2 })),
};
const body = mostly(
  { a: 1 },
  value,
  fc.dictionary(text, fc.oneof(value, file), { maxKeys: 3 }),
  fc.record({ content_base64: fc.constantFrom('aGk=', 'a?'), content_type: text }),
);
const placeholder = mostly('1', text, value);

/** Calls of the operations above, by their ids. */
export const callsById: fc.Arbitrary<object> = fc.oneof(
  fc.record({
    ...rest,
    operation_id: fc.constant('GET /v1/users/{id}'),
    path_params: fc.record({ id: placeholder }),
  }),
  fc.record({
    ...rest,
    operation_id: fc.constant('POST /v1/points/{lat},{lon}'),
    path_params: fc.record({ lat: placeholder, lon: placeholder }),
    body,
  }),
  fc.record({
    ...rest,
    operation_id: fc.constant('PUT /v1/{a}/{b}.json'),
    path_params: mostly(
      { a: 'a', b: 'b' },
      fc.record({ a: placeholder, b: placeholder }),
      fc.dictionary(text, text),
    ),
    body,
  }),
  fc.record({
    ...rest,
    operation_id: mostly('DELETE /v1/users/{id}', text),
    path_params: fc.record({ id: placeholder }),
  }),
);

const path = fc.oneof(
  fc
    .array(fc.oneof(fc.constant('a'), fc.constant('a'), text), { maxLength: 4 })
    .map((parts) => `/v1/${parts.join('/')}`),
  fc.array(text, { maxLength: 3 }).map((parts) => parts.join('/')),
);

/** Calls by method and path. */
export const callsByPath: fc.Arbitrary<object> = fc.oneof(
  fc.record({ ...rest, method: fc.constant('GET'), path }),
  fc.record({ ...rest, method: fc.constantFrom('post', 'PUT'), path, body }),
  fc.record({
    ...rest,
    method: fc.oneof(fc.constantFrom('DELETE', 'TRACE', 'CONNECT', 'GET /x HTTP/1.1\r\n'), text),
    path,
  }),
);

/** What beside a call a model may come up with: other arguments, and those that are no call's. */
const others = mostly(
  {},
  fc.dictionary(
    fc.oneof(
      fc.constantFrom(
        'connection',
        'spec',
        'grant',
        'timeout_seconds',
        'operation_id',
        'url',
        'host',
        '__proto__',
      ),
      text,
    ),
    fc.oneof(value, fc.constantFrom('vendor', 'main', 'vendor/../admin', 30)),
    { maxKeys: 2 },
  ),
);

/** Arguments of the tool that calls. */
export const callsOfModels: fc.Arbitrary<object> = fc
  .tuple(fc.oneof(callsById, callsByPath), others)
  .map(([call, more]) => ({ connection: 'vendor', ...call, ...(more as object) }));
