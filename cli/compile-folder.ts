import { noteReads } from '../compiler/1-read/note-reads.ts';
import type { CompileCache } from '../compiler/1-read/compile-cache.ts';
import type { Workspace } from '../compiler/1-read/workspace.ts';
import { writeTable } from '../compiler/6-emit/write-table.ts';
import { compile } from '../compiler/compile.ts';
import type { Compiled, CompileOptions } from '../compiler/compile.ts';
import { writeKeptRun } from '../compiler/kept-run.ts';
import { encodeTable } from '../table/encode.ts';
import { recordsInMemory } from '../table/records/open-records.ts';
import type { RecordsReader } from '../table/records/open-records.ts';
import type { Table } from '../table/types.ts';
import { userCache } from './compile-cache.ts';
import type { CompileOutcome } from './compile.ts';
import { printDiagnostics } from './print-diagnostics.ts';
import { terminalProgress } from './progress.ts';
import { readFolder } from './read-folder.ts';
import { tellingWhere } from './write-fault.ts';

/** Compiles the folder that holds gateway.d/ and catalogs/, with the built-in catalogs of the package. */
export async function compileFolder(dir: string, options: CompileOptions): Promise<Compiled> {
  const progress = terminalProgress(process.stderr);
  try {
    return await compile(readFolder(dir, progress), options);
  } finally {
    progress.end();
  }
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
  printDiagnostics(compiled.diagnostics, 'text');
  const { table, records } = compiled;
  return table === null || records === null
    ? null
    : { table, records: recordsInMemory(table.records, records) };
}

/** Where a table goes, null for nowhere, and where what it came to is kept. */
export interface Places {
  readonly out: string | null;
  readonly cache: CompileCache | null;
}

/** Compiles a folder and writes its table. What it came to is kept, so that the next run may find it. */
export async function compileAndWrite(workspace: Workspace, { out, cache }: Places): Promise<CompileOutcome> {
  // What is not kept need not be digested.
  const noted = cache === null ? { workspace, reads: [] } : noteReads(workspace);
  const { table, records, diagnostics, summary } = await compile(noted.workspace, {
    literalSecrets: 'error',
    cache,
  });
  if (table === null || records === null) return { digest: null, diagnostics, summary };
  const encoded = encodeTable(table);
  const outcome = { digest: encoded.digest, diagnostics, summary };
  if (out !== null) tellingWhere(out, () => writeTable(out, encoded, records));
  if (cache !== null) writeKeptRun(cache, noted, outcome);
  return outcome;
}
