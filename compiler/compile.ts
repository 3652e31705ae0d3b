import type { CatalogUse, Table } from '../table/types.ts';
import type { CompileCache } from './1-read/compile-cache.ts';
import type { Workspace } from './1-read/workspace.ts';
import { resolve } from './3-resolve/resolve.ts';
import { literalSecret } from './4-check/literal-secret.ts';
import { RULES } from './4-check/rules.ts';
import { lower } from './5-lower/lower.ts';
import { sortDiagnostics } from './diagnostic/diagnostic.ts';
import type { Diagnostic, Report } from './diagnostic/diagnostic.ts';

export interface CompileOptions {
  /** `warn` is for `gw dev` alone: its table stays in memory and may hold literal secrets. */
  readonly literalSecrets: 'error' | 'warn';
  /** Where what documents come to is kept between runs; none where it is left out. */
  readonly cache?: CompileCache | null;
}

/** What compiling gives: a table when nothing is an error, and all findings of all files. */
export interface Compiled {
  readonly table: Table | null;
  /** The file of the operation records that the table vouches for: `operations.bin`. */
  readonly records: Buffer | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly summary: Summary;
}

export interface Summary {
  readonly connections: number;
  /** Catalog versions that connections use. */
  readonly catalogs: number;
  /** Their operations, each counted once. */
  readonly operations: number;
}

/**
 * Gives the table of a workspace: parse and resolve, check, lower. (Reading comes before, emitting after;
 * both touch the disk, this does not, but for the catalogs that the workspace reads when asked.)
 * It does not throw for what people wrote.
 */
export async function compile(workspace: Workspace, options: CompileOptions): Promise<Compiled> {
  const found: Diagnostic[] = [...workspace.diagnostics];
  const report: Report = (one) => found.push(one);
  const model = await resolve(workspace, report, options.cache ?? null);
  literalSecret(model, report, options.literalSecrets);
  for (const rule of RULES) rule(model, report);
  const diagnostics = sortDiagnostics(found);
  const faulty = diagnostics.some((one) => one.severity === 'error');
  const lowered = faulty ? null : await lower(model, options.cache ?? null);
  const table = lowered?.table ?? null;
  return { table, records: lowered?.records ?? null, diagnostics, summary: summarize(table) };
}

function summarize(table: Table | null): Summary {
  const used = new Set((table?.connections ?? []).flatMap(({ catalog }) => catalogKey(catalog) ?? []));
  const operations = (table?.descriptions ?? []).reduce((sum, entry) => sum + entry.operations, 0);
  return { connections: table?.connections.length ?? 0, catalogs: used.size, operations };
}

function catalogKey(catalog: CatalogUse | null): string | null {
  return catalog === null ? null : `${catalog.name}@${catalog.version ?? ''}`;
}
