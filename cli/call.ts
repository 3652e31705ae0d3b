import { createReadStream, statSync } from 'node:fs';
import { request as httpRequest, validateHeaderName, validateHeaderValue } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { trimSlashes } from '../table/rules/trim-slashes.ts';
import { gatewayBase, gatewayKey, urlOption } from './gateway-target.ts';
import { headerFlag } from './header-flag.ts';
import { UsageError } from './usage-error.ts';

interface CallFlags {
  readonly url: string;
  readonly header: readonly string[];
  readonly field: readonly string[];
  readonly input?: string;
  readonly include?: boolean;
}

/** Methods whose fields go into the query; those of the others make a JSON body. */
const QUERY_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

/** Adds `gw call`. */
export function addCallCommand(program: Command): void {
  const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
  program
    .command('call <method> <path>')
    .description('send a request through a running gateway, with the key from GW_KEY (or MATON_API_KEY)')
    .addOption(urlOption())
    .option('-H, --header <name:value>', 'add a header', collect, [])
    .option(
      '-f, --field <key=value>',
      'add a field: to the query of GET, HEAD, DELETE and OPTIONS, else to a JSON body',
      collect,
      [],
    )
    .option('--input <file>', 'send a file as the body; - is standard input')
    .option('-i, --include', 'print the status and the headers of the answer first')
    .addHelpText('after', '\nExit code: 0 for 1xx to 3xx, 4 for 4xx, 5 for 5xx, 2 where there was no answer.')
    .action(async (method: string, path: string, flags: CallFlags) => {
      process.exitCode = await call(method.toUpperCase(), path, flags);
    });
}

async function call(method: string, path: string, flags: CallFlags): Promise<number> {
  const key = gatewayKey();
  if (!path.startsWith('/')) throw new UsageError('the path begins with /{connection}');
  if (flags.input !== undefined && flags.field.length > 0)
    throw new UsageError('pass --input or --field, not both');
  const response = await send(method, target(method, path, flags.field), { key, flags });
  if (flags.include === true) process.stdout.write(headOf(response));
  const problem = response.headers['gateway-error'];
  if (problem !== undefined)
    process.stderr.write(`gw call: the gateway answered itself: ${String(problem)} (docs/problems.md)\n`);
  await print(response);
  const status = response.statusCode ?? 0;
  return status < 400 ? 0 : Math.floor(status / 100);
}

async function print(response: IncomingMessage): Promise<void> {
  try {
    await pipeline(response, process.stdout, { end: false });
  } catch (error) {
    // Whoever reads may have enough: `gw call … | head`.
    if (codeOf(error) !== 'EPIPE') throw new UsageError(`the answer was cut off (${codeOf(error)})`);
  }
}

/** Fields of a method without content go into the query, behind what is there. */
function target(method: string, path: string, fields: readonly string[]): string {
  if (fields.length === 0 || !QUERY_METHODS.has(method)) return path;
  const query = new URLSearchParams(pairs(fields)).toString();
  return path.includes('?') ? `${path}&${query}` : `${path}?${query}`;
}

function pairs(fields: readonly string[]): [string, string][] {
  return fields.map((field) => {
    const equals = field.indexOf('=');
    if (equals < 1) throw new UsageError(`--field takes key=value, not ${JSON.stringify(field)}`);
    return [field.slice(0, equals), field.slice(equals + 1)];
  });
}

function send(
  method: string,
  path: string,
  { key, flags }: { key: string; flags: CallFlags },
): Promise<IncomingMessage> {
  const base = gatewayBase(flags.url);
  const content = contentOf(method, flags);
  const headers = requestHeaders(flags.header, key);
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  headers.push(...content.headers.filter(([name]) => !given.has(name.toLowerCase())));
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void =>
      reject(new UsageError(`no answer from ${base.origin}: ${error instanceof Error ? error.message : ''}`));
    const request = open(base, method, path, headers);
    request.on('response', resolve).on('error', fail);
    if (content.body === null || typeof content.body === 'string') request.end(content.body);
    else pipeline(content.body, request).catch(fail);
  });
}

/** Gives the request, or says what is wrong with its method, path or headers. */
function open(base: URL, method: string, path: string, headers: readonly [string, string][]): ClientRequest {
  try {
    for (const [name, value] of headers) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
    const request = (base.protocol === 'https:' ? httpsRequest : httpRequest)({
      method,
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port,
      path: trimSlashes(base.pathname) + path,
    });
    for (const [name, value] of headers) request.appendHeader(name, value);
    return request;
  } catch (error) {
    throw new UsageError(
      `the request cannot be written: ${error instanceof Error ? error.message : codeOf(error)}`,
    );
  }
}

interface Content {
  readonly body: string | NodeJS.ReadableStream | null;
  readonly headers: readonly [string, string][];
}

/** Gives what is sent: the fields as JSON, a file by its length, anything else that can be read in chunks. */
function contentOf(method: string, { field, input }: CallFlags): Content {
  if (input === undefined) {
    if (field.length === 0 || QUERY_METHODS.has(method)) return { body: null, headers: [] };
    const json = JSON.stringify(Object.fromEntries(pairs(field)));
    return {
      body: json,
      headers: [
        ['Content-Type', 'application/json'],
        ['Content-Length', String(Buffer.byteLength(json))],
      ],
    };
  }
  const size = input === '-' ? null : sizeOf(input);
  return {
    body: input === '-' ? process.stdin : createReadStream(input),
    headers: [size === null ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(size)]],
  };
}

/** Gives the length of a file; null for what has none, such as a pipe. */
function sizeOf(path: string): number | null {
  try {
    const found = statSync(path);
    if (found.isDirectory()) throw new UsageError(`--input takes a file, and ${path} is a folder`);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--input ${path} cannot be read (${codeOf(error)})`);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function requestHeaders(given: readonly string[], key: string): [string, string][] {
  return [['Authorization', `Bearer ${key}`], ...given.map(headerFlag)];
}

function headOf(response: IncomingMessage): string {
  const lines = [`HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}`];
  for (let at = 0; at < response.rawHeaders.length; at += 2) {
    lines.push(`${response.rawHeaders[at]}: ${response.rawHeaders[at + 1]}`);
  }
  return `${lines.join('\n')}\n\n`;
}
