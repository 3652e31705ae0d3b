import { PROBLEMS } from '../runtime/problem.ts';

/** Gives docs/problems.md: every problem that the gateway itself answers with. */
export function renderProblems(): string {
  const kinds = Object.entries(PROBLEMS);
  return [
    '# Problems',
    '',
    'Generated from `runtime/problem.ts` by `npm run docs`.',
    '',
    'An answer that the gateway makes itself has the header `Gateway-Error: <code>` and a body of type',
    '`application/problem+json` (RFC 9457) with `status`, `title`, `code`, `detail` and `request_id`, which is in the',
    'log: in the line of the exchange, or of what the control address refused. `error` repeats code and detail: some',
    "SDKs take an answer for a failure by that member alone. An upstream's answer never has the header `Gateway-Error`, whatever its status.",
    '',
    '| status | code | when |',
    '|---|---|---|',
    ...kinds.map(([code, { status, when }]) => `| ${status} | \`${code}\` | ${when} |`),
    '',
  ].join('\n');
}
