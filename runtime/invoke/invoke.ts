import { Problem } from '../problem.ts';
import { openCall } from './open-call.ts';
import type { InvokeParts } from './open-call.ts';
import { readAnswer } from './read-answer.ts';
import type { InvokeAnswer, InvokeInput } from './types.ts';

/**
 * Calls an upstream as an input says and gives its answer, whatever its status, or the problem: then nothing was
 * sent, or no answer began. The record has either.
 */
export async function invoke(parts: InvokeParts, input: InvokeInput): Promise<InvokeAnswer | Problem> {
  const opened = await openCall(parts, input);
  if (opened instanceof Problem) return opened;
  try {
    return await readAnswer(parts.record, opened);
  } finally {
    opened.memory.release();
  }
}
