import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as MatchTree from '../../compiler/5-lower/match-tree.ts';
import type { Template } from '../../compiler/5-lower/match-tree.ts';
import type { DescriptionEntry } from '../../table/operations.ts';
import type * as Matcher from '../../table/rules/operation-matcher.ts';
import type * as Target from '../../table/rules/target.ts';
import { quantile } from '../measure.ts';
import { findDocument } from './documents.ts';
import type { Places } from './documents.ts';
import type { Ratio } from './goals.ts';

export interface LookUpSetting {
  /** The folder of `LOOK_UP_MODULES`, built. */
  readonly modules: string;
  readonly places: Places;
}

/** What is measured, as it is built: a loader for TypeScript would change what it costs. */
export const LOOK_UP_MODULES = [
  'compiler/5-lower/match-tree',
  'table/rules/operation-matcher',
  'table/rules/target',
] as const;

const SIZES: readonly number[] = [10, 1_000, 11_422];
const ROUNDS = 15;
/** Matches of one round. */
const MATCHES = 200_000;

/** Prints nanoseconds of CPU time for each match, from the path's text on as a request has it, in descriptions of several sizes, by turns. Gives the ratio of the dearest to the cheapest. */
export async function lookUps({ modules, places }: LookUpSetting): Promise<Ratio[]> {
  const document = findDocument('graph', places);
  if (typeof document === 'string') {
    console.log(`\nmatch: not measured: ${document}`);
    return [];
  }
  const load = async <T>(name: (typeof LOOK_UP_MODULES)[number]): Promise<T> =>
    (await import(pathToFileURL(join(modules, `${name}.js`)).href)) as T;
  const { matchTree } = await load<typeof MatchTree>('compiler/5-lower/match-tree');
  const matcher = await load<typeof Matcher>('table/rules/operation-matcher');
  const { pathSegments } = await load<typeof Target>('table/rules/target');
  const all = templatesOf(document.root);
  const rivals = SIZES.map((size) => {
    const templates = spread(all, size);
    // Of a description the matcher looks at its tree alone.
    const entry = { name: 'main' } as DescriptionEntry;
    const placed = [matcher.placeDescription(entry, '', matchTree(templates))];
    return {
      size: templates.length,
      requests: templates.map(requestFor),
      placed,
      samples_ns: [] as number[],
    };
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { requests, placed, samples_ns } of rivals)
      samples_ns.push(
        perMatch_ns(
          requests,
          ({ method, path }) => matcher.matchOperation(placed, method, pathSegments(path) ?? []).kind,
        ),
      );
  }
  // Disturbance only adds: the quarter is steadier than the middle.
  const quarters = rivals.map(({ samples_ns }) => quantile(samples_ns.slice(2), 0.25));
  console.log('');
  for (const [at, { size }] of rivals.entries())
    console.log(`match, ${size} operations: ${(quarters[at] ?? 0).toFixed(0)} ns`);
  const ratio = Math.max(...quarters) / Math.min(...quarters);
  return [{ document: 'graph', what: 'match, dearest / cheapest size', ratio, goal: 2, isAim: false }];
}

interface Request {
  readonly method: string;
  readonly path: string;
}

function templatesOf(path: string): Template[] {
  const { paths } = JSON.parse(readFileSync(path, 'utf8')) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const methods = new Set(['get', 'put', 'post', 'delete', 'patch', 'head', 'options']);
  return Object.entries(paths).flatMap(([template, item]) =>
    Object.keys(item)
      .filter((key) => methods.has(key))
      .map((method) => ({ method: method.toUpperCase(), path: template })),
  );
}

/** Gives so many, from all over: neighbours are of one kind. */
function spread<T>(all: readonly T[], count: number): T[] {
  const step = Math.max(1, all.length / count);
  return Array.from({ length: Math.min(count, all.length) }, (_, at) => all[Math.floor(at * step)] as T);
}

function requestFor({ method, path }: Template): Request {
  return { method, path: path.replace(/\{[^{}]*\}/g, 'a1b2c3') };
}

function perMatch_ns(requests: readonly Request[], match: (request: Request) => string): number {
  let missed = 0;
  const before = process.cpuUsage();
  for (let at = 0; at < MATCHES; at += 1) {
    const request = requests[at % requests.length] as Request;
    if (match(request) !== 'operation') missed += 1;
  }
  const { user, system } = process.cpuUsage(before);
  if (missed > 0) throw new Error(`${missed} of ${MATCHES} requests matched no operation`);
  return ((user + system) * 1000) / MATCHES;
}
