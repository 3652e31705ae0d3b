import { Option } from 'commander';
import type { Command } from 'commander';
import type { Compiled, CompileOptions } from '../compiler/compile.ts';
import { renderGithub } from '../compiler/diagnostic/github.ts';
import { renderJson } from '../compiler/diagnostic/json.ts';
import { renderSarif } from '../compiler/diagnostic/sarif.ts';
import { renderText } from '../compiler/diagnostic/text.ts';
import { writeTable } from '../compiler/6-emit/write-table.ts';
import { encodeTable } from '../table/encode.ts';
import type { EncodedTable } from '../table/encode.ts';
import { recordsInMemory } from '../table/records/open-records.ts';
import type { RecordsReader } from '../table/records/open-records.ts';
import type { Table } from '../table/types.ts';
import { userCache } from './compile-cache.ts';
import { compileFolder } from './compile-folder.ts';
import { initFolder } from './init.ts';
import type { Terminal } from './progress.ts';
import { UsageError } from './usage-error.ts';

type Format = 'text' | 'json' | 'sarif' | 'github';

interface CompileFlags {
  readonly dir: string;
  readonly out?: string;
  readonly format: Format;
  readonly cache: boolean;
}

/** Adds `gw compile`, `gw check` and `gw init`. */
export function addCompileCommands(program: Command): void {
  const format = (): Option =>
    new Option('--format <format>', 'how findings are printed')
      .choices(['text', 'json', 'sarif', 'github'])
      .default('text');
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

/** A table that was compiled in memory, with the reader of its records. */
export interface CompiledTable {
  readonly table: Table;
  readonly records: RecordsReader;
}

/** Compiles a folder and prints its findings to stderr. Gives the table, or null when there are faults. */
export async function compileOrTell(
  dir: string,
  options: CompileOptions = { literalSecrets: 'error' },
): Promise<CompiledTable | null> {
  const compiled = await compileFolder(dir, { cache: userCache(process.env), ...options });
  printDiagnostics(compiled, 'text');
  const { table, records } = compiled;
  return table === null || records === null
    ? null
    : { table, records: recordsInMemory(table.records, records) };
}

/** Findings go to stderr as text, or to stdout as the document that was asked for. */
async function compileAndPrint(flags: CompileFlags): Promise<number> {
  const cache = flags.cache ? userCache(process.env) : null;
  const compiled = await compileFolder(flags.dir, { literalSecrets: 'error', cache });
  const encoded = compiled.table === null ? null : encodeTable(compiled.table);
  if (encoded !== null && compiled.records !== null && flags.out !== undefined)
    write(flags.out, encoded, compiled.records);
  printDiagnostics(compiled, flags.format);
  if (flags.format === 'text' && encoded !== null) {
    const line = `${summaryLine(compiled, flags.out !== undefined)}; table ${encoded.digest}`;
    process.stdout.write(`${line}${timeFor(process.stdout, process.uptime())}\n`);
  }
  return encoded === null ? 1 : 0;
}

function write(out: string, encoded: EncodedTable, records: Buffer): void {
  try {
    writeTable(out, encoded, records);
  } catch (error) {
    throw new UsageError(
      `the table cannot be written to ${out}: ${error instanceof Error ? error.message : ''}`,
    );
  }
}

/** Prints findings in a format; text goes to stderr, documents to stdout. */
function printDiagnostics({ diagnostics }: Compiled, format: Format): void {
  switch (format) {
    case 'text': {
      const color = process.stderr.isTTY && process.env['NO_COLOR'] === undefined;
      if (diagnostics.length === 0) return;
      process.stderr.write(`${renderText(diagnostics, { color })}\n${countLine(diagnostics)}\n`);
      return;
    }
    case 'json':
      process.stdout.write(renderJson(diagnostics));
      return;
    case 'sarif':
      process.stdout.write(renderSarif(diagnostics));
      return;
    case 'github':
      process.stdout.write(renderGithub(diagnostics));
  }
}

function countLine(diagnostics: Compiled['diagnostics']): string {
  const errors = diagnostics.filter((one) => one.severity === 'error').length;
  return `${plural(errors, 'error')}, ${plural(diagnostics.length - errors, 'warning')}`;
}

function summaryLine({ summary }: Compiled, written: boolean): string {
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

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
