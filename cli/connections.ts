import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { AskControl, Refusal, ShownConnection } from './connections/ask-control.ts';
import type { ConnectFlags } from './connections/connect.ts';

interface ControlFlags {
  readonly url: string;
  readonly format: 'text' | 'json';
}

interface ListFlags extends ControlFlags {
  readonly app?: string;
  readonly status?: string;
  readonly method?: string;
}

/** Adds `gw connect` and `gw connections list`, `show`, `verify`, `events` and `delete`. */
export function addConnectionsCommands(program: Command): void {
  const connections = program
    .command('connections')
    .description('connections of your account, by the control API');
  asking(connections.command('list'))
    .description('print them: id, name, status, method, and whether it is your own, shared or declared')
    .option('--app <name>', 'of this connection alone')
    .option('--status <status>', 'PENDING, ACTIVE, FAILED or EXPIRED')
    .option('--method <method>', 'API_KEY, BASIC, OAUTH1, OAUTH2 or MCP')
    .action(async (flags: ListFlags) => {
      process.exitCode = await list(flags);
    });
  const one = (
    name: string,
    description: string,
    act: (ask: AskControl, id: string, flags: ControlFlags) => Promise<number>,
  ): void => {
    asking(connections.command(`${name} <id>`))
      .description(description)
      .action(async (id: string, flags: ControlFlags) => {
        const { controlApi } = await import('./connections/ask-control.ts');
        const { checkedId } = await import('./connections/connection-of.ts');
        process.exitCode = await act(controlApi(flags.url), checkedId(id), flags);
      });
  };
  one('show', 'print one', show);
  one('verify', 'ask the upstream whether it takes the credential', verify);
  one('events', 'print what happened to one, the newest first', events);
  one('delete', 'delete one: requests cannot use it any more', remove);
  addConnect(program);
}

function addConnect(program: Command): void {
  asking(program.command('connect <connection>'))
    .description('print the link that connects a connection, and wait until somebody has')
    .option('--method <method>', 'refuse any other: API_KEY, BASIC, OAUTH1, OAUTH2 or MCP')
    .option('--grant <id>', 'connect this one anew; it keeps its id')
    .addOption(new Option('--shared', 'for all accounts; callers with admin: true alone').conflicts('grant'))
    .option('--no-wait', 'print the link, and end')
    .option('--timeout <seconds>', 'how long to wait', wholeSeconds, 300)
    .addHelpText(
      'after',
      '\nExit code: 0 where it is connected (or, with --no-wait, the link is printed), 1 where it failed, was refused or\ntook too long, 2 where there was no answer.',
    )
    .action(async (name: string, flags: ConnectFlags) => {
      const { connect } = await import('./connections/connect.ts');
      process.exitCode = await connect(name, flags);
    });
}

function asking(command: Command): Command {
  return command
    .addOption(
      new Option('--url <url>', 'the control address of the gateway')
        .default('http://127.0.0.1:8081')
        .env('GW_CONTROL_URL'),
    )
    .addOption(
      new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'),
    );
}

function wholeSeconds(text: string): number {
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new InvalidArgumentError('It takes a whole number of seconds.');
  return Number(text);
}

async function list(flags: ListFlags): Promise<number> {
  const { controlApi, tellRefusal } = await import('./connections/ask-control.ts');
  const { connectionsOf } = await import('./connections/connection-of.ts');
  const ask = controlApi(flags.url);
  const found: ShownConnection[] = [];
  let next: unknown = null;
  do {
    const answer = await ask('GET', `/connections${queryOf(flags, next)}`);
    if ('refusal' in answer) return tellRefusal(answer.refusal);
    found.push(...connectionsOf(answer.json));
    next = answer.json['next_token'];
  } while (typeof next === 'string');
  const { renderConnections } = await import('./connections/render-connections.ts');
  print(flags, { connections: found }, renderConnections(found));
  if (found.length === 0 && flags.format === 'text') process.stderr.write(`${noneBecause(flags)}\n`);
  return 0;
}

function noneBecause({ app, status, method }: ListFlags): string {
  return (app ?? status ?? method) === undefined
    ? 'your account has none, and no declared one is given to you: `gw connect CONNECTION` connects one'
    : 'none fits; ask without --app, --status and --method, or connect one: `gw connect CONNECTION`';
}

function queryOf({ app, status, method }: ListFlags, next: unknown): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ app, status, method, next_token: next }))
    if (typeof value === 'string') query.set(name, value);
  return query.size === 0 ? '' : `?${query.toString()}`;
}

async function show(ask: AskControl, id: string, flags: ControlFlags): Promise<number> {
  const answer = await ask('GET', `/connections/${id}`);
  if ('refusal' in answer) return refused(answer.refusal);
  const { connectionOf } = await import('./connections/connection-of.ts');
  const { renderConnection } = await import('./connections/render-connections.ts');
  print(flags, answer.json, renderConnection(connectionOf(answer.json)));
  return 0;
}

async function verify(ask: AskControl, id: string, flags: ControlFlags): Promise<number> {
  const answer = await ask('POST', `/connections/${id}/verify`, {});
  if ('refusal' in answer) return refused(answer.refusal);
  const { connectionOf } = await import('./connections/connection-of.ts');
  const { verified, reason, upstream_status } = answer.json;
  const { app } = connectionOf(answer.json);
  const why = [reason, typeof upstream_status === 'number' ? `status ${upstream_status}` : null]
    .filter((part) => typeof part === 'string')
    .join(', ');
  print(
    flags,
    answer.json,
    `${app} ${verified === true ? 'takes the credential' : 'is not verified'}${why === '' ? '' : ` (${why})`}\n`,
  );
  return verified === true ? 0 : 1;
}

async function events(ask: AskControl, id: string, flags: ControlFlags): Promise<number> {
  const answer = await ask('GET', `/connections/${id}/events`);
  if ('refusal' in answer) return refused(answer.refusal);
  const { renderEvents } = await import('./connections/render-connections.ts');
  const found = answer.json['events'];
  print(flags, answer.json, renderEvents(Array.isArray(found) ? (found as Record<string, unknown>[]) : []));
  return 0;
}

async function remove(ask: AskControl, id: string, flags: ControlFlags): Promise<number> {
  const answer = await ask('DELETE', `/connections/${id}`);
  if ('refusal' in answer) return refused(answer.refusal);
  print(flags, answer.json, `deleted ${id}\n`);
  return 0;
}

async function refused(refusal: Refusal): Promise<number> {
  return (await import('./connections/ask-control.ts')).tellRefusal(refusal);
}

function print({ format }: ControlFlags, json: Readonly<Record<string, unknown>>, text: string): void {
  process.stdout.write(format === 'json' ? `${JSON.stringify(json)}\n` : text);
}
