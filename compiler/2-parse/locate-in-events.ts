import type { Event, EVENT_ID } from 'js-yaml';
import type { Range } from '../source/source.ts';
import type { Wanted } from './wanted-paths.ts';

interface Level {
  readonly wanted: Wanted | undefined;
  readonly mapping: boolean;
  /** In a mapping, true when the next node is a key. */
  key: boolean;
  /** In a sequence, the number of the last element. */
  index: number;
  /** What is wanted of the value that comes next. */
  next: Wanted | undefined;
}

/** The numbers of js-yaml's kinds of events: passed in, so that js-yaml is loaded where it parses alone. */
export type EventKinds = typeof EVENT_ID;

/** Fills in the ranges of wanted paths from YAML events. */
export function locateInEvents(
  events: readonly Event[],
  kinds: EventKinds,
  source: string,
  wanted: Wanted,
): void {
  const levels: Level[] = [];
  for (const event of events) {
    if (event.type === kinds.DOCUMENT) continue;
    if (event.type === kinds.POP) {
      levels.pop();
      continue;
    }
    const level = levels.at(-1);
    const below = level === undefined ? wanted : step(level, rangeOf(event), source);
    const mapping = event.type === kinds.MAPPING;
    if (mapping || event.type === kinds.SEQUENCE) {
      levels.push({ wanted: below, mapping, key: true, index: -1, next: undefined });
    }
  }
}

/** Moves a level on by one node; gives what is wanted of that node. */
function step(level: Level, range: Range, source: string): Wanted | undefined {
  if (!level.mapping) {
    level.index += 1;
    return found(level.wanted?.children.get(String(level.index)), range);
  }
  level.key = !level.key;
  if (level.key) return level.next;
  const key = level.wanted === undefined ? '' : source.slice(range.start, range.end);
  level.next = found(level.wanted?.children.get(key), range);
  return undefined;
}

function found(wanted: Wanted | undefined, range: Range): Wanted | undefined {
  if (wanted !== undefined) wanted.range = range;
  return wanted;
}

function rangeOf(event: Event): Range {
  if ('valueStart' in event) return { start: event.valueStart, end: event.valueEnd };
  if ('start' in event) return { start: event.start, end: event.start + 1 };
  return 'anchorStart' in event ? { start: event.anchorStart, end: event.anchorEnd } : { start: 0, end: 0 };
}
