import type { NormalSchema, SchemaNumber } from '../../table/operations.ts';
import { isMapping } from '../../table/rules/is-mapping.ts';
import { HALF_PAIR } from '../../table/rules/parameter-name.ts';
import { decodeSegment, targetFault } from '../../table/rules/target.ts';
import { schemaNumbers } from './schema-numbers.ts';
import { pathOfTool } from '../operations/tool-path.ts';

/** Longer names are no tool's: the protocol asks for at most 128 characters. */
const NAME_MAX_CHARACTERS = 256;

/** A summary is the beginning of a description, up to here. */
const SUMMARY_MAX_CHARACTERS = 200;

/** A tool as its server lists it. */
export interface ListedTool {
  readonly name: string;
  /** As callers address it behind the connection's name. */
  readonly path: string;
  readonly summary: string | null;
  readonly description: string | null;
  /** Of its arguments, and of its answer. */
  readonly input: SchemaNumber;
  readonly output: SchemaNumber;
}

/** The tools of an MCP server as one grant gets to see them. */
export interface ToolListing {
  readonly tools: readonly ListedTool[];
  /** By number. */
  readonly schemas: readonly NormalSchema[];
  /** Why the server may have others; null where these are all. */
  readonly partial: string | null;
}

/**
 * Gives the listing of what a server answered to `tools/list`: by name, what is no tool or could not be called by a
 * path left out.
 */
export function toolListing(told: readonly unknown[], partial: string | null): ToolListing {
  const numbers = schemaNumbers();
  const tools = new Map<string, ListedTool>();
  for (const one of told) {
    if (!isMapping(one)) continue;
    const { name, title, description, inputSchema, outputSchema } = one;
    if (typeof name !== 'string' || !isCallable(name) || tools.has(name)) continue;
    const said = typeof description === 'string' && description.trim() !== '' ? description : null;
    tools.set(name, {
      name,
      path: pathOfTool(name),
      summary: summaryOf(said ?? (typeof title === 'string' ? title : '')),
      description: said,
      input: numbers.add(inputSchema),
      output: numbers.put(resultSchema(outputSchema === undefined ? null : numbers.add(outputSchema))),
    });
  }
  const { schemas } = numbers;
  const inOrder = [...tools.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  return { tools: inOrder, schemas, partial };
}

function isCallable(name: string): boolean {
  if (name === '' || name.length > NAME_MAX_CHARACTERS) return false;
  const path = pathOfTool(name);
  return targetFault(path) === null && decodeSegment(path.slice(1)) === name;
}

function summaryOf(text: string): string | null {
  const [line = ''] = text.trim().split(/\r?\n/, 1);
  if (line === '') return null;
  // A character that the cut halves is left out.
  return line.length <= SUMMARY_MAX_CHARACTERS
    ? line
    : `${line.slice(0, SUMMARY_MAX_CHARACTERS - 1).replace(HALF_PAIR, '')}…`;
}

/** The form in which the answer to a call comes, with what the tool itself says of it. */
function resultSchema(structured: SchemaNumber | null): NormalSchema {
  return {
    type: 'object',
    properties: {
      content: { type: 'array', items: { type: 'object' } },
      isError: { type: 'boolean' },
      ...(structured === null ? {} : { structuredContent: { $ref: `#${structured}` } }),
    },
  };
}
