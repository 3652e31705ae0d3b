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

interface ServeFlags {
  readonly table: string;
  readonly listen?: string;
  readonly control?: string;
  readonly watch: boolean;
  readonly codegen: boolean;
  readonly logLevel: string;
}

/** Adds `gw serve`. Every flag has an environment variable. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('load a compiled table and serve it')
    .addOption(
      new Option('--table <dir>', 'the folder that gw compile wrote').default('build/table').env('GW_TABLE'),
    )
    .addOption(new Option('--listen <host:port>', "in place of the table's data address").env('GW_LISTEN'))
    .addOption(
      new Option('--control <host:port>', "in place of the table's control address").env('GW_CONTROL'),
    )
    .addOption(
      new Option('--watch', 'load the table again when its digest changes (env: GW_WATCH)').default(
        // commander would take any text for a yes.
        !/^(?:|0|false|no|off)$/i.test(process.env['GW_WATCH'] ?? ''),
        'off',
      ),
    )
    .addOption(
      new Option('--log-level <level>', 'how much to log')
        .choices([...LOG_LEVELS])
        .default('info')
        .env('GW_LOG_LEVEL'),
    )
    .addOption(
      new Option(
        '--no-codegen',
        'run no validators that were made ahead; they are made anew (env: GW_NO_CODEGEN)',
      ).default(/^(?:|0|false|no|off)$/i.test(process.env['GW_NO_CODEGEN'] ?? '')),
    )
    .addHelpText(
      'after',
      '\nSIGHUP loads the table and its secrets again; SIGTERM and SIGINT drain, a second one ends at once.',
    )
    .action((flags: ServeFlags) =>
      serveUntilSignalled({
        source: folderSource(flags.table),
        environment: process.env,
        codegen: flags.codegen,
        log: openLog(flags.logLevel),
        listen: flags.listen === undefined ? null : parseAddress('--listen', flags.listen),
        control: flags.control === undefined ? null : parseAddress('--control', flags.control),
        watch_ms: flags.watch ? WATCH_MS : null,
      }),
    );
}

/**
 * Serves until a signal ends it. What stops the start is told on standard error: exit code 1 for the
 * table and its secrets, 2 for everything else.
 */
export async function serveUntilSignalled(options: ServeOptions): Promise<void> {
  // A signal may come as soon as the log says that it serves: who sends one then must not end it otherwise.
  let serving: Serving | null = null;
  let early: 'reload' | 'end' | null = null;
  let ending = false;
  const end = (): void => {
    if (serving === null) {
      if (early === 'end') process.exit(1);
      early = 'end';
      return;
    }
    if (ending) process.exit(1);
    ending = true;
    void serving.drain().then(() => process.exit(0));
  };
  const reload = (): void => {
    if (serving === null) early ??= 'reload';
    else void serving.reload();
  };
  process.on('SIGHUP', reload).on('SIGTERM', end).on('SIGINT', end);
  serving = await start(options);
  if (serving === null) return;
  if (early === 'end') end();
  if (early === 'reload') reload();
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

function startFault(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const where = error instanceof Error && 'path' in error ? ` (${String(error.path)})` : '';
  if (code === 'ENOENT') tell([`there is no compiled table here${where}; run gw compile, or pass --table`]);
  else if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    throw new UsageError(
      `cannot listen: ${error instanceof Error ? error.message : ''}; pass --listen or --control`,
    );
  } else throw error;
}
