import { Option } from 'commander';
import type { Command } from 'commander';
import { LoadError } from '../runtime/load/load-report.ts';
import { folderSource } from '../runtime/load/table-source.ts';
import { LOG_LEVELS, openLog } from '../runtime/observe/log.ts';
import { serve } from '../runtime/serve.ts';
import type { ServeOptions, Serving } from '../runtime/serve.ts';
import { TableError } from '../table/shape.ts';
import { parseAddress } from './parse-address.ts';
import { UsageError } from './usage-error.ts';

/** How often `--watch` looks at the table's digest. */
const WATCH_MS = 1_000;

/** The flags of every command that serves. */
export interface ServingFlags {
  readonly listen?: string;
  readonly control?: string;
  readonly logLevel: string;
}

interface ServeFlags extends ServingFlags {
  readonly table: string;
  readonly watch: boolean;
  readonly codegen: boolean;
}

/** Adds `gw serve`. Every flag has an environment variable. */
export function addServeCommand(program: Command): void {
  withServingOptions(
    program
      .command('serve')
      .description('load a compiled table and serve it')
      .addOption(
        new Option('--table <dir>', 'the folder that gw compile wrote')
          .default('build/table')
          .env('GW_TABLE'),
      ),
  )
    .addOption(
      new Option('--watch', 'load the table again when its digest changes (env: GW_WATCH)').default(
        // commander would take any text for a yes.
        !saysNo(process.env['GW_WATCH']),
        'off',
      ),
    )
    .addOption(
      new Option(
        '--no-codegen',
        'run no validators that were made ahead; they are made anew (env: GW_NO_CODEGEN)',
      ).default(saysNo(process.env['GW_NO_CODEGEN'])),
    )
    .addHelpText(
      'after',
      '\nSIGHUP loads the table and its secrets again; SIGTERM and SIGINT drain, a second one ends at once.',
    )
    .action((flags: ServeFlags) =>
      serveUntilSignalled({
        source: folderSource(flags.table),
        ...servedAs(flags),
        codegen: flags.codegen,
        watch_ms: flags.watch ? WATCH_MS : null,
      }),
    );
}

function saysNo(variable: string | undefined): boolean {
  return /^(?:|0|false|no|off)$/i.test(variable ?? '');
}

/** Adds the flags of every command that serves. */
export function withServingOptions(command: Command): Command {
  return command
    .addOption(new Option('--listen <host:port>', "in place of the table's data address").env('GW_LISTEN'))
    .addOption(
      new Option('--control <host:port>', "in place of the table's control address").env('GW_CONTROL'),
    )
    .addOption(
      new Option('--log-level <level>', 'how much to log')
        .choices([...LOG_LEVELS])
        .default('info')
        .env('GW_LOG_LEVEL'),
    );
}

/** Gives how to serve from those flags. Throws a UsageError for an address that is none. */
export function servedAs(
  flags: ServingFlags,
): Pick<ServeOptions, 'environment' | 'log' | 'listen' | 'control'> {
  return {
    environment: process.env,
    log: openLog(flags.logLevel),
    listen: flags.listen === undefined ? null : parseAddress('--listen', flags.listen),
    control: flags.control === undefined ? null : parseAddress('--control', flags.control),
  };
}

/**
 * Serves until a signal ends it. What stops the start is told on standard error: exit code 1 for the
 * table and its secrets, 2 for everything else.
 */
export async function serveUntilSignalled(options: ServeOptions): Promise<void> {
  const starting = start(options);
  // Listened to from the first moment: whoever reads that it serves may signal at once.
  const onceServing = (act: (serving: Serving) => Promise<unknown>): void => {
    // A start that fails is told by whoever waits for it below.
    void starting.catch(() => null).then((serving) => (serving === null ? null : act(serving)));
  };
  let ending = false;
  const end = (): void => {
    if (ending) process.exit(1);
    ending = true;
    onceServing((serving) => serving.drain().then(() => process.exit(0)));
  };
  process.on('SIGHUP', () => onceServing((serving) => serving.reload()));
  process.on('SIGTERM', end).on('SIGINT', end);
  await starting;
}

async function start(options: ServeOptions): Promise<Serving | null> {
  try {
    return await serve(options);
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof LoadError)
      tell(['the table cannot be served:', ...error.faults.map((fault) => `  ${fault}`)]);
    else if (error instanceof TableError) tell([error.message]);
    else startFault(error);
    return null;
  }
}

function tell(lines: readonly string[]): void {
  process.stderr.write(`gw: ${lines.join('\n')}\n`);
}

/** Tells what is wrong with the folder of the table; what is wrong with an address is wrong usage. */
function startFault(error: unknown): void {
  const { code, path, syscall, message } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const where = path === undefined ? '' : ` (${path})`;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    tell([`there is no compiled table here${where}; run gw compile, or pass --table`]);
  else if (syscall === 'open' || syscall === 'read') tell([`the table cannot be read: ${message}`]);
  else if (syscall === 'listen' || syscall === 'getaddrinfo')
    throw new UsageError(`cannot listen: ${message}; pass --listen or --control`);
  else throw error;
}
