import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { BenchDocument } from './documents.ts';
import type { Program } from './measured-run.ts';

/** The programs that take turns on one document. */
export type RivalName = 'parse' | 'cold' | 'warm' | 'bundle' | 'lint';

export interface Setting {
  /** The folder that holds `cli/gw.js`. */
  readonly dist: string;
  readonly work: string;
  readonly rivals: readonly RivalName[];
}

const CLI = join(import.meta.dirname, '../node_modules/@redocly/cli/bin/cli.js');

/** Gives the programs for a document. What gw compiles is a connection to a catalog with this document alone. */
export function programsFor(document: BenchDocument, { dist, work }: Setting): Record<RivalName, Program> {
  const dir = workspaceFor(document, work);
  const gw = (parameters: readonly string[]): Program => ({
    parameters: [
      join(dist, 'cli/gw.js'),
      'compile',
      '--dir',
      dir,
      '--out',
      join(dir, 'build'),
      ...parameters,
    ],
    cwd: dir,
    environment: { XDG_CACHE_HOME: join(dir, 'cache') },
    codes: [0],
  });
  const { root } = document;
  return {
    parse: {
      parameters: [
        join(import.meta.dirname, 'parse-only.mjs'),
        document.folder ?? root,
        join(import.meta.dirname, '../../package.json'),
      ],
      cwd: dir,
      codes: [0],
    },
    cold: gw(['--no-cache']),
    warm: gw([]),
    bundle: { parameters: [CLI, 'bundle', root, '-o', join(dir, 'bundled.json')], cwd: dir, codes: [0, 1] },
    // It finds faults in most documents, and then ends with 1.
    lint: { parameters: [CLI, 'lint', root, '--extends=spec', '--max-problems=20'], cwd: dir, codes: [0, 1] },
  };
}

/** Real documents have faults: found and counted all the same, they do not end the run. */
const LOWERED = ['GW6005', 'GW6007', 'GW6009', 'GW6012'].map((code) => `${code}: warn`).join(', ');

/** Writes the folder that gw compiles. */
export function workspaceFor({ name, root, folder }: BenchDocument, work: string): string {
  const dir = join(work, name);
  const catalog = join(dir, 'catalogs', name);
  mkdirSync(catalog, { recursive: true });
  mkdirSync(join(dir, 'gateway.d'), { recursive: true });
  const document = folder === null ? basename(root) : join('files', relative(folder, root));
  if (folder === null) cpSync(root, join(catalog, document));
  else cpSync(folder, join(catalog, 'files'), { recursive: true });
  writeFileSync(
    join(catalog, 'catalog.yaml'),
    `catalog: ${name}\ndescriptions: { main: { document: ${document} } }\nrules: { ${LOWERED} }\n`,
  );
  writeFileSync(
    join(dir, 'gateway.d', 'gateway.yaml'),
    `connections:\n  ${name}: { catalog: ${name}, base_url: "https://upstream.example", auth_mode: none }\n`,
  );
  return dir;
}
