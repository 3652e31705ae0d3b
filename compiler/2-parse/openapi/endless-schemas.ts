import type { DroppedKeywords } from './dropped-keywords.ts';
import type { PooledSchema, Reference } from './schema-pool.ts';

interface Level {
  readonly schema: PooledSchema;
  /** The number of the reference that is looked at next. */
  next: number;
}

/**
 * Takes references out by which a schema refers to itself without going into a value's parts (`A: { allOf: [A] }`,
 * or a parent whose `oneOf` lists children that have it in `allOf`): checking a value by them would never end.
 */
export function breakEndlessSchemas(schemas: readonly PooledSchema[], dropped: DroppedKeywords): void {
  const state = new Map<PooledSchema, 'open' | 'done'>();
  for (const schema of schemas) {
    if (state.has(schema)) continue;
    state.set(schema, 'open');
    // A stack of its own: chains of schemas may be longer than the program's.
    const stack: Level[] = [{ schema, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const reference = top.schema.references[top.next];
      top.next += 1;
      if (reference === undefined) {
        state.set(top.schema, 'done');
        stack.pop();
      } else if (reference.inPlace) {
        enter(reference, { state, stack, dropped });
      }
    }
  }
}

interface Search {
  readonly state: Map<PooledSchema, 'open' | 'done'>;
  readonly stack: Level[];
  readonly dropped: DroppedKeywords;
}

function enter(reference: Reference, { state, stack, dropped }: Search): void {
  const seen = state.get(reference.to);
  if (seen === 'done') return;
  if (seen === undefined) {
    state.set(reference.to, 'open');
    stack.push({ schema: reference.to, next: 0 });
    return;
  }
  const start = stack.findIndex((level) => level.schema === reference.to);
  const cycle = stack.slice(start).flatMap(({ schema, next }) => schema.references[next - 1] ?? []);
  if (cycle.some((one) => one.holder['$ref'] === undefined)) return;
  // What is left of a `oneOf` without one of its references would refuse more; of an `allOf`, less.
  const weakest = cycle.findLast((one) => one.weakens) ?? reference;
  delete weakest.holder['$ref'];
  dropped.add('endless', weakest.at, 'this reference');
}
