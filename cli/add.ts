import { join } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { readWorkspace } from '../compiler/1-read/read-workspace.ts';
import type { Workspace } from '../compiler/1-read/workspace.ts';
import { readCatalogReference } from '../compiler/3-resolve/catalog-reference.ts';
import type { CatalogFacts } from '../compiler/3-resolve/read-catalog.ts';
import { findCatalogs, listedCatalog, nearestCatalog, renderListed } from './add/find-catalogs.ts';
import { usableCatalogs } from './catalog/usable-catalogs.ts';
import { writeConnection } from './add/write-connection.ts';
import { userCache } from './compile-cache.ts';
import { packageRoot } from './package-root.ts';
import { UsageError } from './usage-error.ts';

interface AddFlags {
  readonly dir: string;
  readonly as?: string;
  readonly auth?: string;
  readonly var: readonly string[];
  readonly format: 'text' | 'json';
}

/** Adds `gw add`. */
export function addAddCommand(program: Command): void {
  program
    .command('add [words...]')
    .description('write the connection to a catalog into gateway.d/; without a name, list or search catalogs')
    .option('--dir <folder>', 'the folder that holds gateway.d/ and catalogs/', '.')
    .option('--as <name>', "the connection's name; without it, the catalog's")
    .option('--auth <way>', 'the way to authenticate, one of those that the catalog offers')
    .option(
      '--var <name=value>',
      'a value for a variable of the catalog',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .addOption(new Option('--format <format>', 'of lists').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nWORDS: a name, such as stripe or stripe@2025-01; anything else is searched for.')
    .action(async (words: readonly string[], flags: AddFlags) => {
      process.exitCode = await add(words, flags);
    });
}

async function add(words: readonly string[], flags: AddFlags): Promise<number> {
  const workspace = readWorkspace(flags.dir, join(packageRoot(), 'catalogs'));
  const catalogs = usableCatalogs(workspace.catalogs);
  const [reference = ''] = words;
  const wanted = readCatalogReference(reference).name;
  const named = words.length === 1 ? catalogs.find(({ name }) => name === wanted) : undefined;
  if (named !== undefined) return await write(named, { reference, workspace }, flags);
  if (flags.as !== undefined || flags.auth !== undefined || flags.var.length > 0)
    throw new UsageError(`there is no catalog ${JSON.stringify(words.join(' '))}${meant(catalogs, words)}`);
  return list(catalogs, words, flags.format);
}

async function write(
  catalog: CatalogFacts,
  { reference, workspace }: { readonly reference: string; readonly workspace: Workspace },
  { dir, as, auth, var: values }: AddFlags,
): Promise<number> {
  if (workspace.diagnostics.some(({ code }) => code === 'GW1001')) {
    process.stderr.write(
      `gw add: there is no folder gateway.d in ${dir}; begin one with gw init, or pass --dir\n`,
    );
    return 1;
  }
  const given = new Map(values.map(pairOf));
  const cache = userCache(process.env);
  const asked = { reference, as: as ?? null, auth: auth ?? null, given };
  const added = await writeConnection({ dir, workspace, catalog, cache, ...asked });
  if ('refused' in added) {
    process.stderr.write(`gw add: ${added.refused}\n`);
    return 1;
  }
  process.stdout.write(`${added.path}\n`);
  process.stderr.write(added.steps.map((step) => `${step}\n`).join(''));
  return 0;
}

function pairOf(written: string): [string, string] {
  const equals = written.indexOf('=');
  if (equals < 1) throw new UsageError('--var takes name=value');
  return [written.slice(0, equals), written.slice(equals + 1)];
}

/** Prints the catalogs that hold all words. Gives 1 where there is none. */
function list(
  catalogs: readonly CatalogFacts[],
  words: readonly string[],
  format: AddFlags['format'],
): number {
  const found = words.length === 0 ? catalogs : findCatalogs(catalogs, words);
  const listed = found.map(listedCatalog);
  const json = `${JSON.stringify({ catalogs: listed }, null, 2)}\n`;
  process.stdout.write(format === 'json' ? json : renderListed(listed));
  if (found.length > 0) return 0;
  process.stderr.write(
    `gw add: no catalog has ${JSON.stringify(words.join(' '))}${meant(catalogs, words)}; gw add lists all\n`,
  );
  return 1;
}

function meant(catalogs: readonly CatalogFacts[], words: readonly string[]): string {
  const nearest = nearestCatalog(catalogs, words);
  return nearest === null ? '' : `; did you mean ${nearest}?`;
}
