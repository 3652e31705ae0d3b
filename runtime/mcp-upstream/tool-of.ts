import { decodeSegment, pathOf } from '../../table/rules/target.ts';
import { Problem } from '../problem.ts';

/** Gives the name of the tool that a request to an MCP server's connection calls. Whether it is there is the server's to say. */
export function toolOf({
  method,
  rest,
}: {
  readonly method: string;
  readonly rest: string;
}): string | Problem {
  const path = pathOf(rest);
  const [, segment = '', ...more] = path.split('/');
  const name = decodeSegment(segment);
  if (name === null || name === '' || more.length > 0)
    return new Problem('operation_unknown', 'the paths of an MCP server are its tools: /{connection}/{tool}');
  if (method !== 'POST') {
    return new Problem('method_not_allowed', 'a tool of an MCP server is called by POST', {
      headers: ['Allow', 'POST'],
    });
  }
  return path === rest
    ? name
    : new Problem('request_invalid', 'a tool takes its arguments in the body, not in a query');
}
