import { Option } from 'commander';
import type { Command } from 'commander';
import type { OpenedSets } from './ops/open-sets.ts';
import type { OperationSet, Place } from '../runtime/operations/operation-set.ts';
import { UsageError } from './usage-error.ts';
import { wholeNumber } from './whole-number.ts';

interface OpsFlags {
  readonly table: string;
  readonly dir?: string;
  readonly format: 'text' | 'json';
}

interface SearchFlags extends OpsFlags {
  readonly connection?: string;
  readonly limit: number;
}

interface ShowFlags extends OpsFlags {
  readonly connection?: string;
  readonly depth: number;
}

/** Adds `gw ops list`, `search` and `show`. What they need is loaded when they run. */
export function addOpsCommands(program: Command): void {
  const ops = program.command('ops').description('operations of connections, from the compiled table');
  reading(ops.command('list [connection]'))
    .description('print the operations of a connection, or of all')
    .action(async (connection: string | undefined, flags: OpsFlags) => {
      const chosen = await choose(flags, connection);
      if (chosen === null) return;
      const places = chosen.sets.flatMap((set) => set.list.ids.map((_, index): Place => ({ set, index })));
      const { tools } = chosen;
      const none = places.length === 0 && tools === null ? noneBecause(chosen, connection) : null;
      await printPlaces(places, [none, tools], flags.format);
    });
  reading(ops.command('search <words...>'))
    .description(
      'print the operations that hold the words in id, path, summary, description or tags, best first',
    )
    .option('--connection <name>', 'search this connection alone')
    .option('--limit <count>', 'print at most so many', wholeNumber, 20)
    .action(async (words: readonly string[], flags: SearchFlags) => {
      const chosen = await choose(flags, flags.connection);
      if (chosen === null) return;
      const { tools, sets } = chosen;
      // Where all that could be searched is not here, nothing is found that could be told of.
      if (tools !== null && sets.length === 0) return printPlaces([], [tools], flags.format);
      const { searchSets } = await import('../runtime/operations/search-sets.ts');
      const { places, note } = await searchSets(sets, words.join(' '));
      const more =
        places.length > flags.limit
          ? `and ${places.length - flags.limit} more; --limit ${places.length} shows all`
          : null;
      await printPlaces(places.slice(0, flags.limit), [note, more, tools], flags.format);
    });
  reading(ops.command('show <operation>'))
    .description(
      'print parameters, request body and responses of an operation: ID, DESCRIPTION:ID or "METHOD PATH"',
    )
    .option('--connection <name>', 'the connection, where several have such an operation')
    .option('--depth <levels>', 'levels of a schema that are printed', wholeNumber, 4)
    .action(async (operation: string, flags: ShowFlags) => {
      const chosen = await choose(flags, flags.connection);
      if (chosen === null) return;
      const { operationNamed } = await import('./ops/find-operation.ts');
      const { renderOperation, renderOperationJson } = await import('./ops/render-operation.ts');
      const { tools, sets } = chosen;
      if (tools !== null && sets.length === 0) throw new UsageError(tools);
      const place = operationNamed(sets, operation);
      process.stdout.write(
        flags.format === 'json' ? renderOperationJson(place) : renderOperation(place, flags.depth),
      );
    });
}

function reading(command: Command): Command {
  return command
    .addOption(
      new Option('--table <folder>', 'the folder of the table').default('build/table').env('GW_TABLE'),
    )
    .option('--dir <folder>', 'compile this folder in memory instead')
    .addOption(
      new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'),
    );
}

interface Chosen extends Pick<OpenedSets, 'connections'> {
  readonly sets: readonly OperationSet[];
  /** What is said of those that are MCP servers; null: none is. */
  readonly tools: string | null;
}

/** Gives the operations of one connection or of all; null where the folder does not compile: exit code 1. */
async function choose({ table, dir }: OpsFlags, connection: string | undefined): Promise<Chosen | null> {
  const { openSets } = await import('./ops/open-sets.ts');
  const { setsNamed } = await import('./ops/find-operation.ts');
  const { toolsNote } = await import('./ops/tools-note.ts');
  const opened = await openSets(dir === undefined ? { table } : { table, dir });
  if (opened === null) {
    process.exitCode = 1;
    return null;
  }
  const { connections, sets } = opened;
  return { connections, sets: setsNamed(sets, connection), tools: toolsNote(connections, connection) };
}

/** Says why no operation is known, and what to do about it. */
function noneBecause({ connections, sets }: Chosen, named: string | undefined): string {
  if (sets.length > 0) return `the descriptions of ${named ?? 'all connections here'} have no operations`;
  const describe = '`gw catalog add` takes a description of the API';
  if (named === undefined) return `no connection here has a catalog with descriptions: ${describe}`;
  const connection = connections.find(({ name }) => name === named);
  const lacks =
    (connection?.catalog ?? null) === null
      ? `${named} has no catalog`
      : `the catalog of ${named} has no descriptions`;
  return `${lacks}: every path is passed on, and none is known; ${describe}`;
}

async function printPlaces(
  places: readonly Place[],
  notes: readonly (string | null)[],
  format: OpsFlags['format'],
): Promise<void> {
  const { renderList, renderListJson } = await import('./ops/render-list.ts');
  process.stdout.write(format === 'json' ? renderListJson(places) : renderList(places));
  for (const note of notes) if (note !== null) process.stderr.write(`${note}\n`);
}
