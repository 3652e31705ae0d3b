import type { ProblemCode } from '../problem.ts';

/** What is counted of an exchange that named a connection. */
export interface CountedExchange {
  readonly connection: string;
  readonly problem: ProblemCode | null;
  /** How it was checked; null where nothing was. */
  readonly checked: {
    readonly mode: 'warn' | 'enforce';
    readonly faults: number;
    readonly unchecked: string | null;
  } | null;
}

/** A number that only grows, with the labels it was counted under. */
export interface Count {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What one count is called and means. */
export interface CountKind {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

export type CountName = 'faults' | 'unchecked' | 'unknown' | 'refreshes' | 'dropped';

/** What is counted: names as Prometheus has them. */
export const COUNT_KINDS: Readonly<Record<CountName, CountKind>> = {
  faults: {
    name: 'gw_validation_faults_total',
    help: 'Faults that validation found in requests.',
    labels: ['connection', 'mode'],
  },
  unchecked: {
    name: 'gw_validation_unchecked_total',
    help: 'Requests whose body validation did not look at, by why.',
    labels: ['connection', 'mode', 'why'],
  },
  unknown: {
    name: 'gw_operation_unknown_total',
    help: 'Requests refused because the description lists no such operation (404), or not this method (405).',
    labels: ['connection', 'problem'],
  },
  refreshes: {
    name: 'gw_grant_refreshes_total',
    help: 'Refreshes of grants, by outcome: succeeded; transient and terminal failures; unwritten, lost and internal are what is to be looked into.',
    labels: ['connection', 'outcome'],
  },
  dropped: {
    name: 'gw_audit_dropped_total',
    help: 'Rows of audit that were not kept, by sink.',
    labels: ['sink'],
  },
};

/** The counts of a process: they go on when another table takes its place. */
export interface Counts {
  add(exchange: CountedExchange): void;
  /** Counts what came of refreshing a grant of a connection. */
  refreshed(connection: string, outcome: string): void;
  /** Counts rows of audit that a sink did not keep. */
  dropped(sink: string, rows: number): void;
  /** Gives what was counted so far, in the order in which it came up. */
  of(kind: CountName): Count[];
}

/** Gives counts that begin with none. Labels are names of the table and words of ours, so they cannot grow without bound. */
export function openCounts(): Counts {
  const names = Object.keys(COUNT_KINDS) as CountName[];
  const all = Object.fromEntries(names.map((name) => [name, new Map()])) as unknown as Record<
    CountName,
    Map<string, { readonly labels: Count['labels']; value: number }>
  >;
  const grow = (kind: CountName, by: number, values: readonly string[]): void => {
    const key = values.join(' ');
    const before = all[kind].get(key);
    if (before !== undefined) before.value += by;
    else {
      const labels = Object.fromEntries(COUNT_KINDS[kind].labels.map((name, at) => [name, values[at] ?? '']));
      all[kind].set(key, { labels, value: by });
    }
  };
  return {
    add: ({ connection, problem, checked }) => {
      if (problem === 'operation_unknown' || problem === 'method_not_allowed')
        grow('unknown', 1, [connection, problem]);
      if (checked === null) return;
      const { mode, faults, unchecked } = checked;
      if (faults > 0) grow('faults', faults, [connection, mode]);
      if (unchecked !== null) grow('unchecked', 1, [connection, mode, unchecked]);
    },
    refreshed: (connection, outcome) => grow('refreshes', 1, [connection, outcome]),
    dropped: (sink, rows) => grow('dropped', rows, [sink]),
    of: (kind) => [...all[kind].values()].map(({ labels, value }) => ({ labels, value })),
  };
}
