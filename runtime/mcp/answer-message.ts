import { randomUUID } from 'node:crypto';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import type { CallToolRequest, CallToolResult, ListToolsResult } from '@modelcontextprotocol/sdk/types.js';
import { authorizeTool } from '../3-authenticate/authorize-tool.ts';
import type { OwnAnswer } from '../answer.ts';
import { noteProblem } from '../exchange.ts';
import { leavingOf } from '../leaving.ts';
import type { Knock } from '../receive.ts';
import { callTool } from './call-tool.ts';
import type { AskedTool } from './call-tool.ts';
import { cancelCall, cancellable } from './cancelling.ts';
import { Problem } from '../problem.ts';
import { ToolFault, toolResult } from './tool-answer.ts';
import type { ToolAnswer } from './tool-answer.ts';
import { isToolName, TOOLS } from './tool-definitions.ts';

const SERVER = { name: 'gw', title: 'API gateway', version: '0.1.0' };

const INSTRUCTIONS =
  'Other APIs through one gateway. api_list_endpoints shows the connections and finds operations, api_get_endpoint_schema shows what one takes, api_invoke_endpoint calls it. Credentials are added by the gateway: never ask for them or send them.';

/** Headers that the transport looks at. */
const LOOKED_AT = ['accept', 'content-type', 'mcp-protocol-version'] as const;

/** What a session is called, as it may stand in a log. */
const SESSION = /^[\w-]{1,64}$/;

/**
 * Gives the answer to one MCP message. A server and a transport are made for it and forgotten with it, so that no
 * request ever meets what another left behind. Several messages in one request are refused: each is to be counted
 * by the account's limit.
 */
export async function answerMessage(knock: Knock, content: Buffer): Promise<OwnAnswer> {
  const { request } = knock.exchange;
  const text = content.toString('utf8');
  const message = parse(text);
  if (Array.isArray(message)) return refusedBatch();
  if (isCancelling(message)) cancelCall(knock.exchange, message.params?.requestId);
  const headers = LOOKED_AT.flatMap((name): [string, string][] => {
    const value = request.headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  const transport = new WebStandardStreamableHTTPServerTransport({
    enableJsonResponse: true,
    maxRequestBodySize: content.length + 1,
    // A label that joins the lines of one conversation in the log, and by which it cancels its calls. None is asked for.
    ...(isInitialize(message) ? { sessionIdGenerator: randomUUID } : {}),
  });
  const server = serverOf(knock);
  await server.connect(transport);
  try {
    // The URL is for the transport alone: nothing is sent to it.
    const posted = new Request('http://gateway.invalid/mcp', { method: 'POST', headers, body: text });
    const parsed = message === undefined ? {} : { parsedBody: message };
    return await ownAnswer(await transport.handleRequest(posted, parsed));
  } finally {
    await server.close();
  }
}

/** Gives a message, or undefined where it is not JSON: what is said of that is the transport's business. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isInitialize(message: unknown): boolean {
  return methodOf(message) === 'initialize';
}

interface Cancelling {
  readonly params?: { readonly requestId?: unknown } | null;
}

function isCancelling(message: unknown): message is Cancelling {
  return methodOf(message) === 'notifications/cancelled';
}

function methodOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'method' in message ? message.method : null;
}

async function ownAnswer(response: Response): Promise<OwnAnswer> {
  const told = [
    ['Content-Type', response.headers.get('content-type')],
    ['Mcp-Session-Id', response.headers.get('mcp-session-id')],
  ] as const;
  return {
    status: response.status,
    headers: [
      'Cache-Control',
      'no-store',
      ...told.flatMap(([name, value]) => (value === null ? [] : [name, value])),
    ],
    body: Buffer.from(await response.arrayBuffer()),
  };
}

function refusedBatch(): OwnAnswer {
  const error = { code: ErrorCode.InvalidRequest, message: 'Invalid Request: send one message a request' };
  return {
    status: 400,
    headers: ['Cache-Control', 'no-store', 'Content-Type', 'application/json'],
    body: Buffer.from(JSON.stringify({ jsonrpc: '2.0', error, id: null })),
  };
}

// The SDK's simpler McpServer takes its schemas as zod types; ours are plain, closed, and counted.
function serverOf(knock: Knock): Server {
  const server = new Server(SERVER, { capabilities: { tools: {} }, instructions: INSTRUCTIONS });
  server.setRequestHandler(ListToolsRequestSchema, () => listTools(knock));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { requestId }) =>
    answerCall(knock, params, requestId),
  );
  return server;
}

/** Gives the tools that the caller's personas allow. */
function listTools({ caller }: Knock): ListToolsResult {
  const allowed = Object.values(TOOLS).filter(({ name }) => caller.tools.has(name));
  return { tools: allowed.map((tool) => ({ ...tool, inputSchema: { ...tool.inputSchema } })) };
}

async function answerCall(
  knock: Knock,
  { name, arguments: given }: CallToolRequest['params'],
  requestId: string | number,
): Promise<CallToolResult> {
  const { exchange, caller } = knock;
  if (!isToolName(name)) throw new McpError(ErrorCode.InvalidParams, `Unknown tool: ${name.slice(0, 80)}`);
  const denied = authorizeTool(caller, name);
  const answer = denied ?? (await called(knock, { name, given: given ?? {} }, requestId));
  const problem = answer instanceof ToolFault ? answer.problem : answer;
  if (problem instanceof Problem && !exchange.gone) noteProblem(exchange, problem);
  const session = exchange.request.headers['mcp-session-id'];
  const label = typeof session === 'string' && SESSION.test(session) ? { session } : {};
  exchange.logged = { tool: name, ...label, ...exchange.logged };
  return toolResult(answer, exchange.id);
}

async function called(
  knock: Knock,
  asked: Omit<AskedTool, 'signal'>,
  requestId: string | number,
): Promise<ToolAnswer> {
  const { exchange } = knock;
  const call = cancellable(exchange, requestId);
  try {
    return await callTool(knock, { ...asked, signal: AbortSignal.any([leavingOf(exchange), call.signal]) });
  } catch (error) {
    return failed(knock, error);
  } finally {
    call.end();
  }
}

/** The SDK would tell the caller what was thrown. */
function failed({ exchange }: Knock, error: unknown): Problem {
  exchange.observer.fault(exchange.id, error);
  return new Problem('internal', `an internal error; the log has it under ${exchange.id}`);
}
