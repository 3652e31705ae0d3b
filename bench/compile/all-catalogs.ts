import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectionText } from '../../cli/add/connection-text.ts';
import { draftConnection } from '../../cli/add/draft-connection.ts';
import { waysOf } from '../../cli/add/ways.ts';
import { usableCatalogs } from '../../cli/catalog/usable-catalogs.ts';
import { readWorkspace } from '../../compiler/1-read/read-workspace.ts';
import type { CatalogFacts } from '../../compiler/3-resolve/read-catalog.ts';
import { faultOf } from '../../compiler/4-check/catalog-variables.ts';
import type { VariableFields } from '../../compiler/fields/catalog-fields.ts';
import { quantile } from '../measure.ts';
import type { Ratio } from './goals.ts';
import { measuredRun } from './measured-run.ts';
import type { Usage } from './measured-run.ts';
import { startRatios, takeStarts } from './start-of-serve.ts';
import type { StartSetting } from './start-of-serve.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Values of which every variable of a built-in catalog takes one. */
const VALUES = ['acme', '1234567890', 'us6', 'acme.salesforce.com', 'www.wrike.com', 'acme.example'];

/** Prints what it takes to compile a connection to every built-in catalog, and what `gw serve` takes to start with them. Gives how far that is from an empty node. */
export async function allCatalogs(setting: Omit<StartSetting, 'places'>): Promise<Ratio[]> {
  const { dist, work, rounds } = setting;
  const dir = join(work, 'catalogs');
  const count = writeConnections(dir);
  const table = join(dir, 'table');
  const run = (...parameters: readonly string[]): Usage =>
    measuredRun(
      {
        parameters: [join(dist, 'cli/gw.js'), 'compile', '--dir', dir, '--out', table, ...parameters],
        cwd: dir,
        environment: { XDG_CACHE_HOME: join(dir, 'cache') },
        codes: [0],
      },
      work,
    );
  const [cold, warm]: [Usage[], Usage[]] = [[], []];
  // The first run fills the cache.
  run();
  for (let round = 0; round < rounds; round += 1) {
    cold.push(run('--no-cache'));
    warm.push(run());
  }
  const bytes = ['table.json', 'operations.bin'].map((name) => statSync(join(table, 'current', name)).size);
  console.log(`\ncatalogs: ${count} connections, table ${bytes[0]} bytes, operations ${bytes[1]} bytes`);
  console.log(`catalogs, cold: ${middle(cold, 'cpu_ms')} ms, ${middle(cold, 'peak_mb')} MB`);
  console.log(`catalogs, warm: ${middle(warm, 'cpu_ms')} ms, ${middle(warm, 'peak_mb')} MB`);
  return startRatios('catalogs', await takeStarts(setting, table));
}

/** Writes a connection to every catalog, as `gw add` would. Gives how many. */
function writeConnections(dir: string): number {
  mkdirSync(join(dir, 'gateway.d'), { recursive: true });
  const catalogs = usableCatalogs(readWorkspace(ROOT, null).catalogs);
  for (const catalog of catalogs)
    writeFileSync(join(dir, `gateway.d/${catalog.name}.yaml`), connectionTo(catalog));
  return catalogs.length;
}

function connectionTo(catalog: CatalogFacts): string {
  const { name } = catalog;
  const [version] = catalog.versions;
  const way = version === undefined ? undefined : waysOf(version.facts)[0];
  if (version === undefined || way === undefined) throw new Error(`${name} offers no way to authenticate`);
  const of = { name, catalog: name, version, way, given: new Map<string, string>() };
  const missing = draftConnection(of).variables.filter(({ needed, value }) => needed && value === null);
  const given = new Map(missing.map((one): [string, string] => [one.name, fitting(one.declared)]));
  const text = connectionText(draftConnection({ ...of, given }), { ...of, given });
  // The one that serving is started with.
  return text.replaceAll(/\$\{env:\w+\}/g, '${env:BENCH_CREDENTIAL}');
}

function fitting(declared: VariableFields): string {
  const values = [...(declared.values?.value ?? []), ...VALUES];
  return values.find((value) => faultOf(value, declared) === null) ?? '';
}

function middle(samples: readonly Usage[], measure: keyof Usage): string {
  return quantile(
    samples.map((sample) => sample[measure]),
    0.5,
  ).toFixed(0);
}
