import { expect } from 'vitest';
import { describe } from './described.ts';
import { startInvoking } from './invoking.ts';
import type { InvokingSpec } from './invoking.ts';

/** What may be called in rows of refusals. */
const DESCRIBED = describe([
  { id: 'GET /users/{email}/messages/{id}' },
  { id: 'GET /files/{name}.json' },
  { id: 'POST /objects', body: { content: { 'application/json': { schema: { type: 'object' } } } } },
  { id: 'POST /upload', body: { content: { 'multipart/form-data': { schema: { type: 'object' } } } } },
  { id: 'POST /xml', body: { content: { 'application/xml': {} } } },
  { id: 'DELETE /users/{email}' },
]);

/** A call that is refused before anything is sent. */
export interface Refused {
  /** An object, or the content of the request as it is. */
  readonly call: unknown;
  readonly says: readonly [code: string, detail: string];
  readonly spec?: InvokingSpec;
  readonly fields?: readonly string[];
}

/** Says what a call with a fault is told. */
export function invalid(detail: string): Refused['says'] {
  return ['request_invalid', `nothing was sent; ${detail}`];
}

/** A call by GET, and one by POST, of what nothing describes. */
export const get = (more: object): object => ({ method: 'GET', path: '/a', ...more });
export const post = (body: unknown, more: object = {}): object => ({
  method: 'POST',
  path: '/a',
  body,
  ...more,
});

/** A call of an operation with two placeholders. */
export const messages = (path_params: unknown): object => ({
  operation_id: 'GET /users/{email}/messages/{id}',
  path_params,
});

/** Checks what is said of a call, that the log has it, and that no byte came to the upstream. */
export async function checkRefused({ call, says, spec, fields }: Refused): Promise<void> {
  const { upstream, gateway, invoke } = await startInvoking({
    ...spec,
    connection: { described: DESCRIBED, ...spec?.connection },
  });
  const { code, detail, head } = await invoke(call, ...(fields ?? []));
  expect([code, detail]).toEqual(says);
  expect(upstream.received()).toBe('');
  if (code === 'memory_budget') expect(head).toContain('\r\nRetry-After: 1');
  const line = await gateway.logged(({ msg }) => msg === 'exchange');
  expect(line).toMatchObject({ door: 'invoke', problem: code, source: 'gateway' });
}
