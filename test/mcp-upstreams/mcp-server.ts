import { createServer } from 'node:http';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { onTestFinished } from 'vitest';

/** What a message of the gateway had, as the server saw it. */
export interface SeenMessage {
  readonly method: string | undefined;
  readonly session: string | undefined;
  readonly version: string | undefined;
  readonly authorization: string | undefined;
  readonly headers: IncomingMessage['headers'];
}

/** A real MCP server over Streamable HTTP. */
export interface TestMcpServer {
  /** `http://127.0.0.1:PORT/mcp` */
  readonly url: string;
  readonly seen: SeenMessage[];
  /** Names of its sessions, the newest last. */
  readonly sessions: string[];
  /** Forgets every session, as a restart does. */
  restart(): void;
}

/** How a request is refused. */
export interface Refusal {
  readonly status: number;
  readonly challenge: string;
}

/** How a server differs from the plain one: sessions, answers as JSON. */
export interface McpServerOptions {
  readonly stateless?: boolean;
  readonly json?: boolean;
  /** Gives the status to refuse a request with, and a challenge; null lets it in. */
  readonly authorize?: (authorization: string | undefined) => Refusal | null | Promise<Refusal | null>;
  /** Answers other paths than /mcp; gives whether it did. */
  readonly beside?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

const NUMBER = { type: 'number' };

const TOOLS = [
  {
    name: 'add',
    title: 'Add',
    description: 'Adds two numbers.',
    inputSchema: { type: 'object' as const, properties: { a: NUMBER, b: NUMBER }, required: ['a', 'b'] },
    outputSchema: { type: 'object' as const, properties: { sum: NUMBER } },
  },
  ...['fail', 'large', 'hang'].map((name) => ({
    name,
    description: `Is there to ${name}.`,
    inputSchema: { type: 'object' as const },
  })),
];

type Sent = Parameters<Parameters<Server['setRequestHandler']>[1]>[1]['sendNotification'];

async function called(
  name: string,
  { a, b }: Readonly<Record<string, unknown>>,
  send: Sent,
): Promise<CallToolResult> {
  const says = (text: string, more: Partial<CallToolResult> = {}): CallToolResult => ({
    content: [{ type: 'text', text }],
    ...more,
  });
  if (name === 'large') return says('x'.repeat(100_000));
  if (name === 'hang') return new Promise<never>(() => {});
  if (name === 'fail') return says('it did not work', { isError: true });
  if (name !== 'add' || typeof a !== 'number' || typeof b !== 'number')
    throw new McpError(ErrorCode.InvalidParams, 'no such tool, or arguments that do not fit');
  await send({ method: 'notifications/message', params: { level: 'info', data: 'adding' } });
  return says(`${a + b}`, { structuredContent: { sum: a + b } });
}

/** Tools come in two pages. */
function tools(): Server {
  const server = new Server({ name: 'test', version: '1' }, { capabilities: { tools: {}, logging: {} } });
  server.setRequestHandler(ListToolsRequestSchema, ({ params }) =>
    params?.cursor === undefined
      ? { tools: TOOLS.slice(0, 2), nextCursor: 'rest' }
      : { tools: TOOLS.slice(2) },
  );
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { sendNotification }) =>
    called(params.name, params.arguments ?? {}, sendNotification),
  );
  return server;
}

/** Starts one; it ends with the test. */
export async function mcpServer(options: McpServerOptions = {}): Promise<TestMcpServer> {
  const seen: SeenMessage[] = [];
  const sessions: string[] = [];
  const transports = new Map<string, StreamableHTTPServerTransport>();
  const open = async (): Promise<StreamableHTTPServerTransport> => {
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      ...(options.stateless === true ? {} : { sessionIdGenerator: randomUUID }),
      enableJsonResponse: options.json === true,
      onsessioninitialized: (id) => {
        sessions.push(id);
        transports.set(id, transport);
      },
    });
    await tools().connect(transport);
    return transport;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url !== '/mcp') {
      if (options.beside?.(request, response) !== true) response.writeHead(404).end();
      return;
    }
    const message = await messageOf(request);
    const session = request.headers['mcp-session-id'] as string | undefined;
    seen.push({
      method: message?.method,
      session,
      version: request.headers['mcp-protocol-version'] as string | undefined,
      authorization: request.headers.authorization,
      headers: request.headers,
    });
    const refused = (await options.authorize?.(request.headers.authorization)) ?? null;
    if (refused !== null) {
      response.writeHead(refused.status, { 'WWW-Authenticate': refused.challenge }).end();
      return;
    }
    const known = session === undefined ? undefined : transports.get(session);
    if (session !== undefined && known === undefined) {
      response.writeHead(404).end();
      return;
    }
    await (known ?? (await open())).handleRequest(request, response, message);
  };
  const server = createServer((request, response) => void answer(request, response));
  const port = await listening(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}/mcp`, seen, sessions, restart: () => transports.clear() };
}

async function messageOf(request: IncomingMessage): Promise<{ method?: string } | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : (JSON.parse(text) as { method?: string });
}

function listening(server: HttpServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
