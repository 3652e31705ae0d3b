import { EVENT_ID } from 'js-yaml';
import type { Event } from 'js-yaml';
import type { Range } from '../source/source.ts';

interface Level {
  readonly mapping: boolean;
  /** In a mapping, true when the next node is a key. */
  key: boolean;
  step: string;
  place: Range;
}

/** Gives the range of the key (or sequence element) that a path leads to in YAML events, or null. */
export function locateInEvents(
  events: readonly Event[],
  source: string,
  path: readonly string[],
): Range | null {
  const levels: Level[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) continue;
    if (event.type === EVENT_ID.POP) {
      levels.pop();
      continue;
    }
    const range = rangeOf(event);
    const level = levels.at(-1);
    if (level !== undefined) step(level, event, source, range);
    const isValue = level !== undefined && (!level.mapping || level.key);
    const here =
      isValue && levels.length === path.length && levels.every((one, index) => one.step === path[index]);
    if (here) return level.place;
    if (event.type === EVENT_ID.MAPPING) levels.push({ mapping: true, key: true, step: '', place: range });
    if (event.type === EVENT_ID.SEQUENCE)
      levels.push({ mapping: false, key: false, step: '-1', place: range });
  }
  return null;
}

/** Moves a level on by one node. After a value of a mapping, `key` is true again. */
function step(level: Level, event: Event, source: string, range: Range): void {
  if (!level.mapping) {
    level.step = String(Number(level.step) + 1);
    level.place = range;
  } else if (level.key) {
    level.key = false;
    level.step = event.type === EVENT_ID.SCALAR ? source.slice(range.start, range.end) : '';
    level.place = range;
  } else {
    level.key = true;
  }
}

function rangeOf(event: Event): Range {
  if (event.type === EVENT_ID.SCALAR) return { start: event.valueStart, end: event.valueEnd };
  if (event.type === EVENT_ID.ALIAS) return { start: event.anchorStart, end: event.anchorEnd };
  const start = 'start' in event ? event.start : 0;
  return { start, end: start + 1 };
}
