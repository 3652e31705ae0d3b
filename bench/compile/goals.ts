import { quantile } from '../measure.ts';
import type { Usage } from './measured-run.ts';
import type { RivalName } from './rivals.ts';

/** One sample of each round. */
export type Samples = Readonly<Record<RivalName, readonly Usage[]>>;

/** A ratio beside what it should be. */
export interface Ratio {
  readonly document: string;
  readonly what: string;
  readonly ratio: number;
  readonly goal: number;
  /** An aim is printed, and is not a promise. */
  readonly isAim: boolean;
}

interface Goal {
  readonly what: string;
  readonly of: RivalName;
  readonly over: RivalName;
  readonly measure: keyof Usage;
  readonly goal: number;
  readonly isAim?: boolean;
}

const GOALS: readonly Goal[] = [
  { what: 'cold / redocly bundle', of: 'cold', over: 'bundle', measure: 'cpu_ms', goal: 0.8 },
  { what: 'cold / redocly lint', of: 'cold', over: 'lint', measure: 'cpu_ms', goal: 0.5 },
  { what: 'cold / parse only', of: 'cold', over: 'parse', measure: 'cpu_ms', goal: 3, isAim: true },
  { what: 'warm / parse only', of: 'warm', over: 'parse', measure: 'cpu_ms', goal: 1.5 },
  { what: 'cold peak / parse only', of: 'cold', over: 'parse', measure: 'peak_mb', goal: 2.5 },
  { what: 'warm peak / parse only', of: 'warm', over: 'parse', measure: 'peak_mb', goal: 2.5 },
];

/** Gives the ratios of one document's medians. */
export function ratiosOf(document: string, samples: Samples): Ratio[] {
  return GOALS.flatMap(({ what, of, over, measure, goal, isAim = false }) => {
    const ratio = median(samples[of], measure) / median(samples[over], measure);
    return Number.isFinite(ratio) ? [{ document, what, ratio, goal, isAim }] : [];
  });
}

/** Gives the ratio of the bigger Graph to the smaller: linear growth is that of their operations, and 1.96. */
export function growthOf(samples: ReadonlyMap<string, Samples>): Ratio[] {
  const [small, big] = [samples.get('graph'), samples.get('graph-beta')];
  if (small === undefined || big === undefined) return [];
  const ratio = median(big.cold, 'cpu_ms') / median(small.cold, 'cpu_ms');
  return Number.isFinite(ratio)
    ? [{ document: 'graph-beta', what: 'cold / cold of graph', ratio, goal: 2.2, isAim: false }]
    : [];
}

export function median(usages: readonly Usage[], measure: keyof Usage): number {
  return quantile(
    usages.map((one) => one[measure]),
    0.5,
  );
}
