import { startGateway } from './gateway.ts';
import type { TestGateway } from './gateway.ts';
import { OK, rawUpstream } from './raw-upstream.ts';
import type { RawAnswer, RawRequest, RawUpstream, RawUpstreamOptions } from './raw-upstream.ts';
import { TEST_KEY } from './table.ts';
import type { ConnectionSpec, TableSpec } from './table.ts';

/** A gateway with one connection, `vendor`, and the upstream behind it. */
export interface Sides {
  readonly gateway: TestGateway;
  readonly upstream: RawUpstream;
}

/** Limits of both sides, and what the upstream answers. */
export interface SidesSpec {
  readonly gateway?: TableSpec['limits'];
  readonly rate?: TableSpec['rate_limit'];
  readonly connection?: ConnectionSpec['limits'];
  readonly answerAt?: RawUpstreamOptions['answerAt'];
  readonly answer?: RawAnswer | ((request: RawRequest) => RawAnswer);
}

/** The answer of an upstream that says nothing. */
export const SILENCE: RawAnswer = () => {};

/** Starts both sides. They end with the test. */
export async function startSides(spec: SidesSpec): Promise<Sides> {
  const upstream = await rawUpstream(spec.answer ?? OK, false, { answerAt: spec.answerAt ?? 'whole' });
  const gateway = await startGateway({
    connections: { vendor: { base_url: upstream.origin, limits: spec.connection ?? {} } },
    ...(spec.gateway === undefined ? {} : { limits: spec.gateway }),
    ...(spec.rate === undefined ? {} : { rate_limit: spec.rate }),
  });
  return { gateway, upstream };
}

/** Gives a whole head with the caller's key: `GET` of a target, or another request line. */
export function headOf(line: string, ...fields: string[]): string {
  const first = line.includes(' ') ? line : `GET ${line} HTTP/1.1`;
  return `${[first, 'Host: gw', `X-API-Key: ${TEST_KEY}`, ...fields].join('\r\n')}\r\n\r\n`;
}

/** Gives the code of the problem in a response, or null. */
export function codeOf(text: string): string | null {
  return /^Gateway-Error: (.*)\r$/m.exec(text)?.[1] ?? null;
}
