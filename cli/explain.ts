import type { Command } from 'commander';
import { splitTarget, originForm } from '../runtime/2-match/request-target.ts';
import { authorize } from '../runtime/3-authenticate/authorize.ts';
import { accessOf } from '../runtime/load/access-of.ts';
import { placedDescriptions } from '../runtime/load/placed-descriptions.ts';
import { unavailableBecause } from '../runtime/load/unavailable.ts';
import { Problem } from '../runtime/problem.ts';
import { decideAccess } from '../table/rules/decide-access.ts';
import { foldHeaderName } from '../table/rules/fold-header-name.ts';
import { matchOperation } from '../table/rules/operation-matcher.ts';
import type { PlacedDescription } from '../table/rules/operation-matcher.ts';
import { pathOf, pathSegments } from '../table/rules/target.ts';
import type { Caller, Connection, Table } from '../table/types.ts';
import type { RecordsReader } from '../table/records/open-records.ts';
import { compileOrTell } from './compile-folder.ts';
import type { CompiledTable } from './compile-folder.ts';
import { shownPath, shownUrl } from './explain-upstream.ts';
import { headerLayers } from './header-layers.ts';
import { UsageError } from './usage-error.ts';

interface ExplainFlags {
  readonly dir: string;
  readonly caller?: string;
  readonly header: readonly string[];
}

/** Adds `gw explain`. */
export function addExplainCommand(program: Command): void {
  program
    .command('explain <method> <path>')
    .description('print, without sending anything, what the gateway would do with a request')
    .option('--dir <dir>', 'the folder that holds gateway.d/ and catalogs/', '.')
    .option('--caller <name>', 'decide for this caller; without it, for each')
    .option(
      '-H, --header <name:value>',
      'a header that the caller sends',
      (value, before: string[]) => [...before, value],
      [],
    )
    .addHelpText(
      'after',
      '\nExit code: 0 if the request would be forwarded, 1 if not, or if the folder does not compile.',
    )
    .action(async (method: string, path: string, flags: ExplainFlags) => {
      const compiled = await compileOrTell(flags.dir);
      process.exitCode = 1;
      if (compiled === null) return;
      const explained = explain(compiled, { method: method.toUpperCase(), path }, flags);
      process.stdout.write(`${explained.lines.join('\n')}\n`);
      process.exitCode = explained.forwarded ? 0 : 1;
    });
}

interface Explained {
  readonly lines: readonly string[];
  readonly forwarded: boolean;
}

interface Request {
  readonly method: string;
  readonly path: string;
}

function explain(compiled: CompiledTable, { method, path }: Request, flags: ExplainFlags): Explained {
  const { table, records } = compiled;
  const target = originForm(path, null);
  const split = target instanceof Problem ? target : splitTarget(target);
  if (split instanceof Problem) return refused([`${method} ${path}`], split);
  const connection = table.connections.find((one) => one.name === split.prefix);
  const head = [`${method} ${path}`];
  if (connection === undefined) {
    return refused(
      head,
      new Problem('route_unknown', `no connection is named ${JSON.stringify(split.prefix)}`),
    );
  }
  const rest = shownPath(connection, split.rest);
  if (rest instanceof Problem) return refused([...head, connectionLine(connection)], rest);
  const placed = placedDescriptions(table, connection, records);
  const fields = flags.header.map(headerOf);
  const lines = [
    ...head,
    connectionLine(connection),
    ...(rest === split.rest ? [] : [`path         ${rest}`]),
    ...operationLines(connection, placed, { method, rest }, records),
  ];
  const decided = accessLines(
    table,
    connection,
    { method, rest, folded: fields.map(([name]) => foldHeaderName(name)) },
    { name: flags.caller, placed },
  );
  lines.push(...decided.lines);
  const unavailable = unavailableBecause(connection);
  if (unavailable !== null) lines.push(`refused      503 connection_unavailable: ${unavailable}`);
  const url = shownUrl(connection, method, rest);
  if (url instanceof Problem) return refused(lines, url);
  const forwarded = decided.allowed && unavailable === null;
  const layers = headerLayers(connection, fields);
  lines.push(
    `headers      ${forwarded ? '' : 'not '}sent upstream, in this order:`,
    ...(layers.length === 0 ? ['none'] : layers).map((line) => `  ${line}`),
    `upstream     ${forwarded ? '' : 'not called: '}${method} ${url}`,
  );
  return { lines, forwarded };
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

function headerOf(header: string): [name: string, value: string] {
  const colon = header.indexOf(':');
  if (colon < 1) throw new UsageError(`--header takes name:value, not ${JSON.stringify(header)}`);
  return [header.slice(0, colon).trim(), header.slice(colon + 1).trim()];
}

function operationLines(
  { catalog }: Connection,
  placed: readonly PlacedDescription[],
  { method, rest }: { readonly method: string; readonly rest: string },
  records: RecordsReader,
): string[] {
  if (catalog === null) return [];
  const version = catalog.version === null ? '' : `@${catalog.version}`;
  const lines = [`catalog      ${catalog.name}${version} (${catalog.origin})`];
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
  { name, placed }: { readonly name: string | undefined; readonly placed: readonly PlacedDescription[] },
): { lines: string[]; allowed: boolean } {
  const callers = name === undefined ? table.callers : table.callers.filter((caller) => caller.name === name);
  if (name !== undefined && callers.length === 0) {
    throw new UsageError(
      `no caller is named ${JSON.stringify(name)}; there are: ${table.callers.map((one) => one.name).join(', ')}`,
    );
  }
  if (callers.length === 0)
    return { lines: ['caller       none is declared: 401 caller_unauthenticated'], allowed: false };
  const descriptions = connection.expose === 'operations' ? placed : null;
  const decisions = callers.map((caller) => decisionOf(table, caller, { connection, descriptions }, asked));
  return { lines: decisions.flatMap((one) => one.lines), allowed: decisions.some((one) => one.allowed) };
}

function decisionOf(
  table: Table,
  caller: Caller,
  route: Parameters<typeof authorize>[1],
  asked: Asked,
): { lines: string[]; allowed: boolean } {
  const access = accessOf(table.access[caller.access] ?? { personas: [], connections: [] });
  const who = `caller       ${caller.name} (${caller.at}), account ${caller.account}, personas ${caller.personas.join(', ') || 'none'}`;
  const outcome = authorize({ access }, route, asked);
  if (outcome instanceof Problem) {
    const rule = outcome.logged['rule'];
    const by = rule === undefined ? '' : ` (rule ${rule})`;
    return {
      lines: [who, `  refused    ${outcome.status} ${outcome.code}: ${outcome.detail}${by}`],
      allowed: false,
    };
  }
  const plan = access.get(route.connection.name)?.plan;
  const decision = decideAccess(plan, asked.method, pathSegments(pathOf(asked.rest)) ?? []);
  return {
    lines: [
      who,
      `  allowed    ${decision.rule === null ? 'no rule limits it' : `by the rule at ${decision.rule.at}`}`,
    ],
    allowed: true,
  };
}
