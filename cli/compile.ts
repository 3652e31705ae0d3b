import { Option } from 'commander';
import type { Command } from 'commander';
import { turnToWritten } from '../compiler/6-emit/write-table.ts';
import type { Compiled } from '../compiler/compile.ts';
import { readKeptRun } from '../compiler/kept-run.ts';
import { userCache } from './compile-cache.ts';
import { initFolder } from './init.ts';
import { plural } from './plural.ts';
import { FORMATS, printDiagnostics } from './print-diagnostics.ts';
import type { Format } from './print-diagnostics.ts';
import { terminalProgress } from './progress.ts';
import type { Terminal } from './progress.ts';
import { readFolder } from './read-folder.ts';
import { tuneForOneRun } from './tune-for-one-run.ts';
import { tellingWhere } from './write-fault.ts';

interface CompileFlags {
  readonly dir: string;
  readonly out?: string;
  readonly format: Format;
  readonly cache: boolean;
}

/** Adds `gw compile`, `gw check` and `gw init`. */
export function addCompileCommands(program: Command): void {
  const format = (): Option =>
    new Option('--format <format>', 'how findings are printed').choices([...FORMATS]).default('text');
  program
    .command('compile')
    .description('check gateway.d/ and catalogs/ and write the table that `gw serve` loads')
    .option('--dir <folder>', 'the folder that holds gateway.d/ and catalogs/', '.')
    .option('--out <folder>', 'where the table goes', 'build/table')
    .addOption(format())
    .option('--no-cache', 'read every document anew, and keep nothing')
    .action(async (flags: CompileFlags) => {
      process.exitCode = await compileAndPrint(flags);
    });
  program
    .command('check')
    .description('check like `gw compile`, without writing')
    .option('--dir <folder>', 'the folder that holds gateway.d/ and catalogs/', '.')
    .addOption(format())
    .option('--no-cache', 'read every document anew, and keep nothing')
    .action(async (flags: CompileFlags) => {
      process.exitCode = await compileAndPrint(flags);
    });
  program
    .command('init')
    .description('write a starting gateway.d/ that compiles')
    .option('--dir <folder>', 'where to write it', '.')
    .action((flags: { readonly dir: string }) => {
      process.exitCode = initFolder(flags.dir);
    });
}

/** What a run came to; without a digest it made no table. */
export interface CompileOutcome extends Pick<Compiled, 'diagnostics' | 'summary'> {
  readonly digest: string | null;
}

async function compileAndPrint(flags: CompileFlags): Promise<number> {
  const outcome = await compileUnlessKept(flags);
  printDiagnostics(outcome.diagnostics, flags.format);
  if (flags.format === 'text' && outcome.digest !== null) {
    const line = `${summaryLine(outcome, flags.out !== undefined)}; table ${outcome.digest}`;
    process.stdout.write(`${line}${timeFor(process.stdout, process.uptime())}\n`);
  }
  return outcome.digest === null ? 1 : 0;
}

/** Of the compiler itself, nothing is loaded where everything is as it was in a run before, and its table is there. */
async function compileUnlessKept(flags: CompileFlags): Promise<CompileOutcome> {
  const cache = flags.cache ? userCache(process.env) : null;
  const out = flags.out ?? null;
  const progress = terminalProgress(process.stderr);
  try {
    const workspace = readFolder(flags.dir, progress);
    const kept = cache === null ? null : readKeptRun(cache, workspace);
    if (kept !== null && (out === null || tellingWhere(out, () => turnToWritten(out, kept.digest))))
      return kept;
    const { compileAndWrite } = await import('./compile-folder.ts');
    return await compileAndWrite(tuneForOneRun(workspace), { out, cache });
  } finally {
    progress.end();
  }
}

function summaryLine({ summary }: CompileOutcome, written: boolean): string {
  const { connections, catalogs, operations } = summary;
  const counts = [
    plural(connections, 'connection'),
    plural(catalogs, 'catalog'),
    plural(operations, 'operation'),
  ];
  return `${written ? 'compiled' : 'checked'} ${counts.join(', ')}`;
}

/** The time is for people: what goes into a file or a pipe is the same for the same input. */
export function timeFor(terminal: Terminal, seconds: number): string {
  return terminal.isTTY === true ? `; ${seconds.toFixed(1)} s` : '';
}
