import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { ToolName } from '../../table/rules/tool-names.ts';
import { noteProblem } from '../exchange.ts';
import { Problem } from '../problem.ts';
import type { Knock } from '../receive.ts';
import { argumentFaults } from './check-arguments.ts';
import { endpointSchema } from './endpoint-schema.ts';
import { listEndpoints } from './list-endpoints.ts';
import { ToolFault, toolResult } from './tool-answer.ts';
import type { ToolAnswer } from './tool-answer.ts';
import type { ToolArguments, ToolCall } from './tool-call.ts';
import { TOOLS } from './tool-definitions.ts';

type Tool = (call: ToolCall, given: ToolArguments) => ToolAnswer | Promise<ToolAnswer>;

const CALLED: Readonly<Record<ToolName, Tool>> = {
  api_list_endpoints: listEndpoints,
  api_get_endpoint_schema: endpointSchema,
  api_invoke_endpoint: () => new Problem('internal', 'not yet'),
};

/** Gives the result of a call of a tool that the caller may use: nothing is looked up or sent before its arguments are right. */
export async function callTool(
  { exchange, caller }: Knock,
  name: ToolName,
  given: ToolArguments,
): Promise<CallToolResult> {
  const call: ToolCall = { snapshot: exchange.snapshot, caller, record: exchange };
  const faults = argumentFaults(TOOLS[name].inputSchema, given);
  const answer =
    faults.length > 0
      ? new Problem('request_invalid', `${name} was not called: ${faults.join('; ')}`)
      : await CALLED[name](call, given);
  if (answer instanceof Problem) noteProblem(exchange, answer);
  if (answer instanceof ToolFault) noteProblem(exchange, answer.problem);
  return toolResult(answer, exchange.id);
}
