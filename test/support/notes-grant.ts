import { KEYS } from './control-gateway.ts';
import type { ControlGateway } from './control-gateway.ts';
import type { Begun } from './sign-in.ts';

/** Ends a consent to `notes`; gives the title of the page that says how. */
export async function title({ browser, callback }: Begun): Promise<string> {
  return (await browser.open(callback.href)).title;
}

/** Sends a request with the grant of account one; gives its status, and the problem where the gateway answered. */
export async function used({ data }: ControlGateway): Promise<[status: number, code: string | null]> {
  const { status, headers } = await fetch(`${data}/notes/a`, {
    headers: { authorization: `Bearer ${KEYS.one}` },
  });
  return [status, headers.get('gateway-error')];
}

/** Asks for other tokens of a grant, whatever it has. */
export function refresh(gateway: ControlGateway, id: string): ReturnType<ControlGateway['call']> {
  return gateway.call('admin', `POST /api/v1/admin/connections/${id}/reacquire-oauth`);
}
