import { Option } from 'commander';
import type { Command } from 'commander';
import { readFilters, withFilters } from './audit/filter-flags.ts';
import type { FilterFlags } from './audit/filter-flags.ts';
import type { AuditPlace } from './audit/open-reader.ts';
import { shownRow } from '../runtime/observe/audit/audit-row.ts';
import type { AuditFilters } from '../runtime/observe/audit/audit-filters.ts';
import type { AuditRow } from '../runtime/observe/audit/audit-row.ts';
import { STATS_BY } from '../runtime/observe/audit/audit-stats.ts';
import type { StatsBy } from '../runtime/observe/audit/audit-stats.ts';
import type { AuditReader } from '../runtime/observe/audit/audit-store.ts';
import { wholeNumber } from './whole-number.ts';

interface AuditFlags extends FilterFlags, AuditPlace {
  readonly format: 'text' | 'json';
  readonly limit: number;
}

/** How often a tail looks for rows. */
const LOOK_EVERY_MS = 500;

/** Adds `gw audit tail`, `search` and `stats`. What they need is loaded when they run. */
export function addAuditCommand(program: Command): void {
  const audit = program
    .command('audit')
    .description('rows of exchanges: who asked for what, and what came of it');
  reading(audit.command('search'), 100)
    .description('print rows, newest first')
    .addOption(
      new Option('--sort <order>', 'which come first').choices(['newest', 'oldest']).default('newest'),
    )
    .action(async (flags: AuditFlags & { readonly sort: 'newest' | 'oldest' }) => {
      const filters = readFilters(flags);
      const reader = await opened(flags);
      const { limit, sort } = flags;
      const rows = await reader.events({ filters, sort, after: null, limit });
      await reader.close();
      await print(rows, flags.format);
      if (rows.length === 0 && flags.format === 'text') process.stderr.write(`${noneBecause(filters)}\n`);
    });
  reading(audit.command('tail'), 10)
    .description('print the newest rows, then every row as its exchange ends')
    .action(async (flags: AuditFlags) => {
      const { followRows } = await import('./audit/follow-rows.ts');
      const filters = readFilters(flags);
      const reader = await opened(flags);
      const until = new AbortController();
      process.once('SIGINT', () => until.abort()).once('SIGTERM', () => until.abort());
      await followRows(reader, {
        filters,
        first: flags.limit,
        every_ms: LOOK_EVERY_MS,
        signal: until.signal,
        take: (rows) => print(rows, flags.format),
      });
      await reader.close();
    });
  reading(audit.command('stats'), 20)
    .description('print counts, sizes and durations; of the last day unless --since says otherwise')
    .addOption(new Option('--by <what>', 'what is told apart').choices([...STATS_BY]).default('outcome'))
    .action(async (flags: AuditFlags & { readonly by: StatsBy }) => {
      const { renderStats } = await import('./audit/render-rows.ts');
      const filters = readFilters({ since: '1d', ...flags });
      const reader = await opened(flags);
      const stats = await reader.stats({ filters, by: flags.by, limit: flags.limit });
      await reader.close();
      process.stdout.write(
        flags.format === 'json' ? `${JSON.stringify(stats, null, 2)}\n` : renderStats(stats),
      );
    });
}

function noneBecause(filters: AuditFilters): string {
  return Object.keys(filters).length === 0
    ? 'there are no rows: each exchange of a gateway leaves one where gateway.audit.sink says so'
    : 'no row fits: ask with fewer filters, or see what there is with gw audit stats --since 90d';
}

function reading(command: Command, limit: number): Command {
  return withFilters(command)
    .addOption(
      new Option('--table <folder>', 'the table whose store it is').default('build/table').env('GW_TABLE'),
    )
    .option(
      '--store <url>',
      'the store: sqlite:PATH or postgres://…, with references such as ${env:NAME} in it',
    )
    .option('--file <path>', 'a file of JSON lines in place of a store')
    .option('--limit <count>', 'at most so many rows, or lines of numbers', wholeNumber, limit)
    .addOption(
      new Option('--format <format>', 'for people or programs').choices(['text', 'json']).default('text'),
    );
}

async function opened(place: AuditPlace): Promise<AuditReader> {
  const { openReader } = await import('./audit/open-reader.ts');
  return openReader(place);
}

async function print(rows: readonly AuditRow[], format: 'text' | 'json'): Promise<void> {
  const { renderRow } = await import('./audit/render-rows.ts');
  for (const row of rows)
    process.stdout.write(`${format === 'json' ? JSON.stringify(shownRow(row)) : renderRow(row)}\n`);
}
