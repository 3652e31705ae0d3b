import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { Problem } from '../problem.ts';

/** What a tool gives back: an object as its output schema says, or why it gave none. */
export type ToolAnswer = Readonly<Record<string, unknown>> | ToolFault | Problem;

/** A problem with what helps a model to ask better. */
export class ToolFault {
  readonly problem: Problem;
  readonly hints: Readonly<Record<string, unknown>>;

  constructor(problem: Problem, hints: Readonly<Record<string, unknown>>) {
    this.problem = problem;
    this.hints = hints;
  }
}

/** Gives the result of a tool call: structured, and as text for clients that read that alone. */
export function toolResult(answer: ToolAnswer, requestId: string): CallToolResult {
  if (answer instanceof Problem) return faultResult(answer, {}, requestId);
  if (answer instanceof ToolFault) return faultResult(answer.problem, answer.hints, requestId);
  return { content: [textOf(answer)], structuredContent: { ...answer } };
}

/** A fault has no structured form: the output schema is that of an answer. */
function faultResult(
  { code, detail, faults }: Problem,
  hints: Readonly<Record<string, unknown>>,
  request_id: string,
): CallToolResult {
  const error = { code, message: detail, ...(faults === null ? {} : { faults }), ...hints, request_id };
  return { isError: true, content: [textOf({ error })] };
}

function textOf(value: object): { type: 'text'; text: string } {
  return { type: 'text', text: JSON.stringify(value) };
}
