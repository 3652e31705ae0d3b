import type { Command } from 'commander';
import { splitTarget, originForm } from '../runtime/2-match/request-target.ts';
import { isAtControl, servedAtControl } from '../runtime/2-match/served-at-control.ts';
import { authorize } from '../runtime/3-authenticate/authorize.ts';
import { authorizeTool } from '../runtime/3-authenticate/authorize-tool.ts';
import { placedDescriptions } from '../runtime/load/placed-descriptions.ts';
import { unavailableBecause } from '../runtime/load/unavailable.ts';
import { toolOf } from '../runtime/mcp-upstream/tool-of.ts';
import { Problem } from '../runtime/problem.ts';
import { isMcpServer } from '../table/rules/auth-modes.ts';
import { foldHeaderName } from '../table/rules/fold-header-name.ts';
import { matchOperation } from '../table/rules/operation-matcher.ts';
import type { PlacedDescription } from '../table/rules/operation-matcher.ts';
import { pathOf, pathSegments } from '../table/rules/target.ts';
import type { Connection, Table } from '../table/types.ts';
import { TOOL_NAMES } from '../table/rules/tool-names.ts';
import type { RecordsReader } from '../table/records/open-records.ts';
import { compileOrTell } from './compile-folder.ts';
import type { CompiledTable } from './compile-folder.ts';
import { explainDoor, messageHeaders } from './explain-mcp.ts';
import { decisionLines, explainRights } from './explain-rights.ts';
import type { Explained } from './explain-rights.ts';
import { shownPath, shownUrl } from './explain-upstream.ts';
import { headerFlag } from './header-flag.ts';
import { headerLayers } from './header-layers.ts';
import { oneLine } from './ops/one-line.ts';
import { UsageError } from './usage-error.ts';

interface ExplainFlags {
  readonly dir: string;
  readonly caller?: string;
  readonly header: readonly string[];
  readonly tool?: string;
  readonly grants?: boolean;
}

/** Adds `gw explain`. */
export function addExplainCommand(program: Command): void {
  program
    .command('explain [method] [path]')
    .description(
      'print, without sending anything, what the gateway would do with a request, or who may use a tool or manage grants',
    )
    .option('--dir <dir>', 'the folder that holds gateway.d/ and catalogs/', '.')
    .option('--caller <name>', 'decide for this caller; without it, for each')
    .option(
      '-H, --header <name:value>',
      'a header that the caller sends',
      (value, before: string[]) => [...before, value],
      [],
    )
    .option('--tool <name>', 'decide also whether this MCP tool may be used; without a request, that alone')
    .option('--grants', "in place of a request: who may create and delete the account's grants")
    .addHelpText(
      'after',
      '\nExit code: 0 if it would be forwarded or allowed, 1 if not, or if the folder does not compile.',
    )
    .action(async (method: string | undefined, path: string | undefined, flags: ExplainFlags) => {
      const request = requestOf(method, path, flags);
      const compiled = await compileOrTell(flags.dir);
      process.exitCode = 1;
      if (compiled === null) return;
      const explained =
        request === null ? explainRights(compiled.table, flags) : explain(compiled, request, flags);
      process.stdout.write(`${explained.lines.join('\n')}\n`);
      process.exitCode = explained.forwarded ? 0 : 1;
    });
}

interface Request {
  readonly method: string;
  readonly path: string;
}

/** Gives the request that is asked about; null where only rights are. */
function requestOf(
  method: string | undefined,
  path: string | undefined,
  { tool, grants }: ExplainFlags,
): Request | null {
  if (tool !== undefined && !TOOL_NAMES.some((name) => name === tool))
    throw new UsageError(`--tool takes one of ${TOOL_NAMES.join(', ')}, not ${JSON.stringify(tool)}`);
  if (method === undefined) {
    if (tool === undefined && grants !== true)
      throw new UsageError('explain takes a method and a path, or --tool, or --grants');
    return null;
  }
  if (path === undefined) throw new UsageError('explain takes a path behind the method');
  if (grants === true) throw new UsageError('--grants is asked without a method and a path');
  return { method: method.toUpperCase(), path };
}

function explain(compiled: CompiledTable, { method, path }: Request, flags: ExplainFlags): Explained {
  const { table, records } = compiled;
  const target = originForm(path, null);
  const split = target instanceof Problem ? target : splitTarget(target);
  if (split instanceof Problem) return refused([`${method} ${path}`], split);
  const connection = table.connections.find((one) => one.name === split.prefix);
  const head = [`${method} ${path}`];
  if (connection === undefined) return explainElsewhere(compiled.table, { method, path, ...split }, flags);
  const rest = shownPath(connection, split.rest);
  if (rest instanceof Problem) return refused([...head, connectionLine(connection)], rest);
  const placed = placedDescriptions(table, connection, records);
  const fields = flags.header.map(headerFlag);
  const lines = [
    ...head,
    connectionLine(connection),
    ...(rest === split.rest ? [] : [`path         ${rest}`]),
    ...operationLines(connection, placed, { method, rest }, records),
  ];
  const tool = isMcpServer(connection) ? toolOf({ method, rest }) : null;
  if (typeof tool === 'string') lines.push(`tool         ${oneLine(tool)} (tools/call)`);
  const decided = accessLines(
    table,
    connection,
    { method, rest, folded: fields.map(([name]) => foldHeaderName(name)) },
    { flags, placed },
  );
  lines.push(...decided.lines);
  const unavailable = unavailableBecause(connection);
  if (unavailable !== null) lines.push(`refused      503 connection_unavailable: ${unavailable}`);
  if (tool instanceof Problem) return refused(lines, tool);
  // A tool's name is in the message: the server has one URL.
  const url = shownUrl(connection, method, tool === null ? rest : '');
  if (url instanceof Problem) return refused(lines, url);
  const forwarded = decided.forwarded && unavailable === null;
  const layers = tool === null ? headerLayers(connection, fields) : messageHeaders(connection, fields);
  lines.push(
    `headers      ${forwarded ? '' : 'not '}sent upstream, in this order:`,
    ...(layers.length === 0 ? ['none'] : layers).map((line) => `  ${line}`),
    `upstream     ${forwarded ? '' : 'not called: '}${method} ${url}`,
  );
  return { lines, forwarded };
}

interface Elsewhere extends Request {
  readonly prefix: string;
  readonly rest: string;
}

/** What a first segment means that no connection has. */
function explainElsewhere(
  table: Table,
  { method, path, prefix, rest }: Elsewhere,
  flags: ExplainFlags,
): Explained {
  const head = [`${method} ${path}`];
  if (prefix === 'mcp') {
    const explained = explainDoor(table, { method, rest }, flags);
    if (explained instanceof Problem) return refused(head, explained);
    return { ...explained, lines: [...head, ...explained.lines] };
  }
  if (isAtControl(prefix, rest)) return refused(head, servedAtControl());
  if (prefix === 'api')
    throw new UsageError(
      'of a call by envelope, the request that it asks for is explained: gw explain METHOD /CONNECTION/PATH --tool api_invoke_endpoint',
    );
  return refused(head, new Problem('route_unknown', `no connection is named ${JSON.stringify(prefix)}`));
}

function connectionLine({ name, at }: Connection): string {
  return `connection   ${name} (${at})`;
}

function refused(lines: readonly string[], problem: Problem): Explained {
  return {
    lines: [...lines, `refused      ${problem.status} ${problem.code}: ${problem.detail}`],
    forwarded: false,
  };
}

function operationLines(
  connection: Connection,
  placed: readonly PlacedDescription[],
  { method, rest }: { readonly method: string; readonly rest: string },
  records: RecordsReader,
): string[] {
  const { catalog } = connection;
  if (catalog === null) return [];
  const version = catalog.version === null ? '' : `@${catalog.version}`;
  const lines = [`catalog      ${catalog.name}${version} (${catalog.origin})`];
  // Its operations are tools, which the server knows.
  if (isMcpServer(connection)) return lines;
  const match = matchOperation(placed, method, pathSegments(pathOf(rest)) ?? []);
  if (match.kind === 'operation') {
    const { description, number } = match.matched;
    const { entry, prefix } = description;
    const operation = records.operation(entry, number);
    lines.push(
      `operation    ${operation.id}: ${operation.method} ${prefix}${operation.path} (description ${entry.name})`,
    );
  } else {
    lines.push(
      match.kind === 'none'
        ? 'operation    none: the path is in no description'
        : `operation    none: the path has ${match.methods.join(', ')}`,
    );
  }
  return lines;
}

type Asked = Parameters<typeof authorize>[2];

function accessLines(
  table: Table,
  connection: Connection,
  asked: Asked,
  { flags, placed }: { readonly flags: ExplainFlags; readonly placed: readonly PlacedDescription[] },
): Explained {
  const descriptions = connection.expose === 'operations' ? placed : null;
  return decisionLines(table, flags.caller, (caller) => {
    if (flags.tool !== undefined) {
      const problem = authorizeTool(caller, flags.tool);
      if (problem !== null) return problem;
    }
    const authorized = authorize(caller, { connection, descriptions }, asked);
    return authorized instanceof Problem ? authorized : authorized.by;
  });
}
