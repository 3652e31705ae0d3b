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
  /** Of HTTP. */
  readonly verb: string | undefined;
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
  /** Names of those that the gateway ended. */
  readonly ended: string[];
  /** Forgets every session, as a restart does. */
  restart(): void;
  /** Answers nothing any more: its port is closed. */
  stop(): Promise<void>;
  /** Waits until `holds` gives true; it is asked after every message. */
  waitUntil(holds: (server: TestMcpServer) => boolean): Promise<void>;
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
  /** Answers `tools/list`, to the token that it bears; in place of two pages of four tools. */
  readonly list?: (cursor: string | undefined, authorization: string | undefined) => Listed | Promise<Listed>;
  /** Does not end sessions (405), as a server may. */
  readonly keeps?: boolean;
  /** Gives the status to refuse a request with, and a challenge; null lets it in. */
  readonly authorize?: (authorization: string | undefined) => Refusal | null | Promise<Refusal | null>;
  /** Answers other paths than /mcp; gives whether it did. */
  readonly beside?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** One page of tools, as far as a test's server has to be true to the protocol. */
export interface Listed {
  readonly tools: { readonly name: string; readonly [member: string]: unknown }[];
  readonly nextCursor?: string;
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
function twoPages(cursor: string | undefined): Listed {
  return cursor === undefined ? { tools: TOOLS.slice(0, 2), nextCursor: 'rest' } : { tools: TOOLS.slice(2) };
}

function tools({ list = twoPages }: McpServerOptions): Server {
  const server = new Server({ name: 'test', version: '1' }, { capabilities: { tools: {}, logging: {} } });
  server.setRequestHandler(ListToolsRequestSchema, async ({ params }, { requestInfo }) => ({
    ...(await list(params?.cursor, requestInfo?.headers['authorization'] as string | undefined)),
  }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { sendNotification }) =>
    called(params.name, params.arguments ?? {}, sendNotification),
  );
  return server;
}

/** Starts one; it ends with the test. */
export async function mcpServer(options: McpServerOptions = {}): Promise<TestMcpServer> {
  const seen: SeenMessage[] = [];
  const sessions: string[] = [];
  const ended: string[] = [];
  const waiting = new Set<() => void>();
  const transports = new Map<string, StreamableHTTPServerTransport>();
  const open = async (): Promise<StreamableHTTPServerTransport> => {
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      ...(options.stateless === true ? {} : { sessionIdGenerator: randomUUID }),
      enableJsonResponse: options.json === true,
      onsessioninitialized: (id) => {
        sessions.push(id);
        transports.set(id, transport);
      },
      onsessionclosed: (id) => {
        ended.push(id);
        transports.delete(id);
      },
    });
    await tools(options).connect(transport);
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
      verb: request.method,
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
    if (request.method === 'DELETE' && options.keeps === true) {
      response.writeHead(405).end();
      return;
    }
    const known = session === undefined ? undefined : transports.get(session);
    if (session !== undefined && known === undefined) {
      response.writeHead(404).end();
      return;
    }
    await (known ?? (await open())).handleRequest(request, response, message);
  };
  const server = createServer((request, response) => {
    void answer(request, response).finally(() => {
      for (const look of waiting) look();
    });
  });
  const port = await listening(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const started: TestMcpServer = {
    url: `http://127.0.0.1:${port}/mcp`,
    seen,
    sessions,
    ended,
    restart: () => transports.clear(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    waitUntil: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!holds(started)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
  return started;
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
