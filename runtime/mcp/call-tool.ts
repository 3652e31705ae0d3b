import type { ToolName } from '../../table/rules/tool-names.ts';
import { unfitMembers } from '../invoke/member-faults.ts';
import { withNamedGrant } from '../invoke/named-grant.ts';
import { Problem } from '../problem.ts';
import type { Knock } from '../receive.ts';
import { argumentFaults } from './check-arguments.ts';
import { endpointSchema } from './endpoint-schema.ts';
import { invokeEndpoint } from './invoke-endpoint.ts';
import { listEndpoints } from './list-endpoints.ts';
import type { ToolAnswer } from './tool-answer.ts';
import type { ToolArguments, ToolCall } from './tool-call.ts';
import { TOOLS } from './tool-definitions.ts';

type Tool = (call: ToolCall, given: ToolArguments) => ToolAnswer | Promise<ToolAnswer>;

const CALLED: Readonly<Record<ToolName, Tool>> = {
  api_list_endpoints: listEndpoints,
  api_get_endpoint_schema: endpointSchema,
  api_invoke_endpoint: invokeEndpoint,
};

/** A tool that is to be called. */
export interface AskedTool {
  readonly name: ToolName;
  readonly given: ToolArguments;
  /** Nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Gives what a tool gives that the caller may use. Nothing is looked up or sent before its arguments are right. */
export async function callTool(
  { exchange, caller, message }: Knock,
  { name, given, signal }: AskedTool,
): Promise<ToolAnswer> {
  const faults = argumentFaults(TOOLS[name].inputSchema, given);
  if (faults.length > 0 && name === 'api_invoke_endpoint') faults.push(...unfitMembers(given));
  if (faults.length > 0)
    return new Problem('request_invalid', `${name} was not called: ${faults.join('; ')}`);
  const takesGrant = Object.hasOwn(TOOLS[name].inputSchema.properties, 'grant');
  const asked = takesGrant ? withNamedGrant(given, message.fields.grant) : given;
  if (asked instanceof Problem) return asked;
  return CALLED[name]({ snapshot: exchange.snapshot, caller, exchange, signal }, asked);
}
