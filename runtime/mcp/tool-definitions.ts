import { TOOL_NAMES } from '../../table/rules/tool-names.ts';
import type { ToolName } from '../../table/rules/tool-names.ts';
import { LIMIT_DEFAULT, LIMIT_MAX } from './list-page.ts';

/** Every word of a query is looked up in every index that is searched, and others wait for that. */
const QUERY_MAX_CHARACTERS = 500;

/** One argument of a tool, as JSON Schema has it. */
export interface ArgumentSchema {
  readonly type?: 'string' | 'integer' | 'object';
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

/** What a tool takes: nothing beside what is named here. */
export interface InputSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, ArgumentSchema>>;
  readonly required?: string[];
  readonly additionalProperties: false;
}

/** A tool as a model gets to see it. */
export interface ToolDefinition {
  readonly name: ToolName;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: InputSchema;
  readonly outputSchema: {
    readonly type: 'object';
    readonly properties: Record<string, object>;
    readonly required: string[];
  };
  readonly annotations: Readonly<Record<string, boolean>>;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

/** The parts of an operation that `part` chooses from. */
export const SCHEMA_PARTS = ['parameters', 'request_body', 'responses'] as const;

const text = { type: 'string' } as const;
const object = { type: 'object' } as const;
const array = { type: 'array' } as const;
const integer = { type: 'integer' } as const;
const grant = { type: 'string', description: 'Of an MCP server: which of your sign-ins, by id' } as const;

/**
 * The three tools. Their words are what every model pays for with every conversation: together they stay under
 * 1,500 tokens (a test counts).
 */
export const TOOLS: Readonly<Record<ToolName, ToolDefinition>> = {
  api_list_endpoints: {
    name: 'api_list_endpoints',
    title: 'List API operations',
    description:
      'Discover what can be called. Without connection: the connections you may use. With connection: its operations, best matches of query first. Then read api_get_endpoint_schema, then call api_invoke_endpoint.',
    inputSchema: {
      type: 'object',
      properties: {
        connection: { type: 'string', description: 'Name of a connection' },
        query: {
          type: 'string',
          maxLength: QUERY_MAX_CHARACTERS,
          description: 'Search words, e.g. "create customer" (not HTTP query parameters)',
        },
        spec: { type: 'string', description: 'One API description, where the connection has several' },
        limit: { type: 'integer', minimum: 1, maximum: LIMIT_MAX, description: `Default ${LIMIT_DEFAULT}` },
        cursor: { type: 'string', description: 'next_cursor of the page before' },
        grant,
      },
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: {
        connections: array,
        specs: array,
        operations: array,
        total: integer,
        next_cursor: text,
        note: text,
      },
      required: ['operations', 'total'],
    },
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  api_get_endpoint_schema: {
    name: 'api_get_endpoint_schema',
    title: 'Read the schema of an operation',
    description:
      'Parameters, request body and responses of one operation. References like #/schemas/7 are in schemas. What was too large is told in cut, with the argument that gives it.',
    inputSchema: {
      type: 'object',
      properties: {
        connection: text,
        operation_id: { type: 'string', description: 'As listed' },
        spec: { type: 'string', description: 'Where several descriptions have the id' },
        part: { type: 'string', enum: SCHEMA_PARTS, description: 'Only this part, in full' },
        schema: { type: 'integer', minimum: 0, description: 'Only this schema: 7 of #/schemas/7' },
        grant,
      },
      required: ['connection', 'operation_id'],
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: {
        connection: text,
        spec: text,
        operation_id: text,
        method: text,
        path: text,
        parameters: array,
        request_body: object,
        responses: array,
        schemas: object,
        cut: array,
      },
      required: ['connection', 'spec', 'operation_id', 'method', 'path'],
    },
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  api_invoke_endpoint: {
    name: 'api_invoke_endpoint',
    title: 'Call an API operation',
    description:
      'Send one request; credentials are added for you. Name operation_id (with path_params) or method and path. An upstream 4xx or 5xx is a result: read status.',
    inputSchema: {
      type: 'object',
      properties: {
        connection: text,
        operation_id: { type: 'string', description: 'As listed, in place of method and path' },
        spec: { type: 'string', description: 'Where several descriptions have the id' },
        path_params: { type: 'object', description: 'Value of each {placeholder}, not encoded' },
        method: { type: 'string', enum: METHODS },
        path: { type: 'string', description: 'Encoded, without query; no connection name' },
        query_params: {
          type: 'object',
          description: 'HTTP query; an array repeats or follows the operation',
        },
        headers: { type: 'object', description: 'Further headers; no credentials' },
        body: {
          description:
            'JSON value; encoded as the operation takes it (JSON, form, multipart). Text as a string. File or bytes: {"content_base64","content_type","filename"}',
        },
        timeout_seconds: { type: 'integer', minimum: 1, maximum: 600 },
        grant: { type: 'string', description: 'Which of your sign-ins, by id' },
      },
      required: ['connection'],
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: {
        status: integer,
        resolved_path: text,
        headers: object,
        body: {},
        body_truncated: { type: 'boolean' },
        pagination: object,
        hint: text,
        duration_ms: { type: 'number' },
        error: object,
      },
      required: ['status', 'headers', 'body', 'duration_ms'],
    },
    annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
  },
};

/** Tells whether a name is that of a tool. */
export function isToolName(name: string): name is ToolName {
  return (TOOL_NAMES as readonly string[]).includes(name);
}
