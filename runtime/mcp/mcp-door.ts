import { answerProblem, answerWhole } from '../answer.ts';
import { Problem } from '../problem.ts';
import { readContent } from '../read-content.ts';
import type { Knock } from '../receive.ts';
import { answerMessage } from './answer-message.ts';
import { doorFault } from './door-fault.ts';
import { refuseForeign } from './refuse-foreign.ts';

/**
 * The front door of language models: MCP over Streamable HTTP (2025-11-25), one message a request, its answer as
 * JSON. No session is kept, so any replica answers any request, and there is nothing to GET or DELETE.
 */
export async function openMcpDoor(knock: Knock): Promise<void> {
  const { exchange } = knock;
  exchange.door = 'mcp';
  const refusal = refusedBecause(knock);
  if (refusal !== null) return answerProblem(exchange, refusal);
  const content = await readContent(knock, {
    max_bytes: exchange.snapshot.limits.invoke_body_max_bytes,
    key: 'limits.invoke_body_max',
  });
  if (content instanceof Problem) return answerProblem(exchange, content);
  const answer = await answerMessage(knock, content);
  // Who is gone gets no answer.
  if (!exchange.response.destroyed) answerWhole(exchange, answer);
}

function refusedBecause({ exchange, rest }: Knock): Problem | null {
  const fault = doorFault(exchange.method, rest);
  if (fault?.code === 'route_unknown') return fault;
  return refuseForeign(exchange.request, exchange.snapshot) ?? fault;
}
