import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from '../../bundle.ts';
import { allCatalogs } from './all-catalogs.ts';
import { DOCUMENT_NAMES, findDocument } from './documents.ts';
import type { Places } from './documents.ts';
import { firstRequests } from './first-requests.ts';
import { growthOf, median, ratiosOf } from './goals.ts';
import type { Ratio, Samples } from './goals.ts';
import { LOOK_UP_MODULES, lookUps } from './look-ups.ts';
import { measuredRun } from './measured-run.ts';
import type { Usage } from './measured-run.ts';
import { programsFor } from './rivals.ts';
import type { RivalName } from './rivals.ts';
import { startOfServe } from './start-of-serve.ts';
import { VALIDATE_MODULES, validateCost } from './validate-cost.ts';

// CPU time and peak memory of `gw compile` beside redocly and a bare parser: see README.md.

const BENCH = join(import.meta.dirname, '..');
const ROOT = join(BENCH, '..');
const RIVALS: readonly RivalName[] = ['parse', 'cold', 'warm', 'bundle', 'lint'];
const PARTS = ['compile', 'start', 'look-ups', 'catalogs', 'first-requests'] as const;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: DOCUMENT_NAMES.join(',') },
    parts: { type: 'string', default: PARTS.join(',') },
    rivals: { type: 'string', default: RIVALS.join(',') },
    documents: { type: 'string', default: process.env['GW_DOCUMENTS'] ?? '' },
    packages: { type: 'string', default: join(ROOT, 'test/corpus/node_modules') },
    'skip-build': { type: 'boolean', default: false },
  },
});
const rounds = Number(flags.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds: a whole number from 1 on');
const parts = flags.parts.split(',');
const rivals = RIVALS.filter((name) => flags.rivals.split(',').includes(name));
const places: Places = {
  documents: flags.documents === '' ? null : flags.documents,
  packages: existsSync(flags.packages) ? flags.packages : null,
};

const work = mkdtempSync(join(tmpdir(), 'gw-bench-compile-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
const dist = join(ROOT, 'dist');
install();
console.log(`${process.version}, ${cpus()[0]?.model ?? ''}, ${cpus().length} cores; ${rounds} rounds`);
const ratios: Ratio[] = [];
const samples = parts.includes('compile') ? measureCompiling() : new Map<string, Samples>();
if (parts.includes('start')) ratios.push(...(await startOfServe({ dist, work, places, rounds })));
if (parts.includes('catalogs')) ratios.push(...(await allCatalogs({ dist, work, rounds })));
if (parts.includes('look-ups')) {
  const modules = join(ROOT, 'build/bench-modules');
  await bundle(modules, [...LOOK_UP_MODULES, ...VALIDATE_MODULES]);
  ratios.push(...(await lookUps({ modules, places })));
  await validateCost(modules);
}
if (parts.includes('first-requests')) ratios.push(...(await firstRequests({ dist, work, places, rounds })));
printRatios(ratios);
const results = join(BENCH, 'results');
mkdirSync(results, { recursive: true });
const written = {
  at: new Date().toISOString(),
  node: process.version,
  rounds,
  ratios,
  samples: [...samples],
};
writeFileSync(join(results, 'compile.json'), `${JSON.stringify(written, null, 2)}\n`);

function install(): void {
  if (parts.includes('compile') && !existsSync(join(BENCH, 'node_modules/@redocly/cli')))
    npm(['ci', '--prefix', BENCH, '--no-audit', '--no-fund']);
  if (!flags['skip-build']) npm(['run', '--silent', '--prefix', ROOT, 'build']);
}

function npm(parameters: readonly string[]): void {
  const run = spawnSync('npm', parameters, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (run.status !== 0) throw new Error(`npm ${parameters.join(' ')} failed`);
}

/** Programs take turns on one document after the other: what disturbs one disturbs all. */
function measureCompiling(): Map<string, Samples> {
  const all = new Map<string, Samples>();
  console.log(`\n${row(['document', 'MB', ...rivals.flatMap((name) => [`${name} ms`, 'MB'])])}`);
  for (const name of flags.only.split(',')) {
    const document = findDocument(name, places);
    if (typeof document === 'string') {
      console.log(`${name.padEnd(14)}not measured: ${document}`);
      continue;
    }
    try {
      const taken = measureDocument(name, programsFor(document, { dist, work, rivals }));
      all.set(name, taken);
      const numbers = rivals.flatMap((rival) => [
        median(taken[rival], 'cpu_ms').toFixed(0),
        median(taken[rival], 'peak_mb').toFixed(0),
      ]);
      console.log(row([name, (document.bytes / 1e6).toFixed(1), ...numbers]));
      ratios.push(...ratiosOf(name, taken));
    } catch (error) {
      console.log(
        `${name.padEnd(14)}not measured: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    rmSync(join(work, name), { recursive: true, force: true });
  }
  ratios.push(...growthOf(all));
  return all;
}

function measureDocument(name: string, programs: ReturnType<typeof programsFor>): Samples {
  const taken: Record<RivalName, Usage[]> = { parse: [], cold: [], warm: [], bundle: [], lint: [] };
  // The first run fills the cache.
  if (rivals.includes('warm')) measuredRun(programs.warm, work);
  for (let round = 1; round <= rounds; round += 1) {
    for (const rival of rivals) taken[rival].push(measuredRun(programs[rival], work));
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${name}: round ${round} of ${rounds}`);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
  return taken;
}

function row([name = '', ...numbers]: readonly string[]): string {
  return name.padEnd(14) + numbers.map((number) => number.padStart(10)).join('');
}

function printRatios(found: readonly Ratio[]): void {
  console.log('\nratios of medians, beside what they should be at most');
  for (const { document, what, ratio, goal, isAim } of found) {
    const holds = ratio <= goal ? 'holds' : 'DOES NOT HOLD';
    const said = isAim ? (ratio <= goal ? 'aim, reached' : 'aim, not reached') : holds;
    console.log(
      `${document.padEnd(14)}${what.padEnd(34)}${ratio.toFixed(2).padStart(8)}${String(goal).padStart(8)}  ${said}`,
    );
  }
}
