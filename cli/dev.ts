import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { TableSource } from '../runtime/load/table-source.ts';
import { canonicalJson } from '../table/canonical-json.ts';
import { digestOf } from '../table/encode.ts';
import { TableError } from '../table/shape.ts';
import { compileOrTell } from './compile-folder.ts';
import { servedAs, serveUntilSignalled, withServingOptions } from './serve.ts';
import type { ServingFlags } from './serve.ts';

/** How often the files are looked at. */
const LOOK_MS = 500;

interface DevFlags extends ServingFlags {
  readonly dir: string;
}

/** Adds `gw dev`. */
export function addDevCommand(program: Command): void {
  withServingOptions(
    program
      .command('dev')
      .description('compile, serve, and compile again on every change; the table stays in memory')
      .addOption(
        new Option('--dir <dir>', 'the folder that holds gateway.d/ and catalogs/')
          .default('.')
          .env('GW_DIR'),
      ),
  )
    .addHelpText(
      'after',
      '\nA secret may stand in the YAML literally here, with a warning; gw compile refuses it.',
    )
    .action((flags: DevFlags) =>
      serveUntilSignalled({
        source: devSource(flags.dir),
        ...servedAs(flags),
        watch_ms: LOOK_MS,
      }),
    );
}

/** A source that compiles. What `digest` looks at is names, sizes and times of the files; faults are printed by `load`. */
function devSource(dir: string): TableSource {
  let loaded = { stamp: '', digest: '' };
  return {
    digest: () => {
      const stamp = folderStamp(dir);
      return Promise.resolve(stamp === loaded.stamp ? loaded.digest : stamp);
    },
    load: async () => {
      const stamp = folderStamp(dir);
      const compiled = await compileOrTell(dir, { literalSecrets: 'warn' });
      const digest = compiled === null ? stamp : digestOf(Buffer.from(canonicalJson(compiled.table)));
      loaded = { stamp, digest };
      if (compiled !== null) return { ...compiled, digest, close: () => {} };
      throw new TableError('gateway.d/ and catalogs/ do not compile; see above');
    },
  };
}

/** Gives a text that changes when a file of gateway.d/ or catalogs/ does. */
function folderStamp(dir: string): string {
  const stamps = ['gateway.d', 'catalogs'].flatMap((folder) => {
    const root = join(dir, folder);
    if (!existsSync(root)) return [];
    return readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => {
      const { mtimeMs, size } = statSync(join(root, name), { throwIfNoEntry: false }) ?? {
        mtimeMs: 0,
        size: 0,
      };
      return `${folder}/${name} ${mtimeMs} ${size}`;
    });
  });
  return digestOf(Buffer.from(stamps.sort().join('\n')));
}
