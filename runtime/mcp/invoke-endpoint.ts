import { invoke } from '../invoke/invoke.ts';
import type { InvokeInput } from '../invoke/types.ts';
import { Problem } from '../problem.ts';
import type { ToolAnswer } from './tool-answer.ts';
import type { ToolArguments, ToolCall } from './tool-call.ts';

/**
 * Calls an upstream and gives its answer, whatever its status: that of an upstream is a result, and not a fault of
 * the tool. Where the caller is gone the call is broken off.
 */
export async function invokeEndpoint(
  { exchange, caller, signal }: ToolCall,
  given: ToolArguments,
): Promise<ToolAnswer> {
  const parts = { record: exchange, caller, from: exchange.request, signal };
  // Checked against the tool's input schema, which names the members of an input and no others.
  const answer = await invoke(parts, given as unknown as InvokeInput);
  return answer instanceof Problem ? answer : { ...answer };
}
