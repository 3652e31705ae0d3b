import { randomBytes } from 'node:crypto';

/** What a count of 12 bits may come to within a millisecond. */
const COUNT_MAX = 0xfff;

/**
 * Gives ids for events: UUIDs, version 7 (RFC 9562, 6.2, method 1: the milliseconds, then a count), so that those of
 * one process sort in the order in which they were made, and those of several by their time.
 */
export function eventIds(): (now: number) => string {
  let time = 0;
  let count = 0;
  return (now) => {
    const isLater = now > time;
    count = isLater ? 0 : count + 1;
    time = isLater ? now : time + (count > COUNT_MAX ? 1 : 0);
    count = count > COUNT_MAX ? 0 : count;
    const hex = time.toString(16).padStart(12, '0') + `7${count.toString(16).padStart(3, '0')}`;
    const random = randomBytes(8);
    // The variant: binary 10.
    random[0] = ((random[0] ?? 0) & 0x3f) | 0x80;
    const all = hex + random.toString('hex');
    return [all.slice(0, 8), all.slice(8, 12), all.slice(12, 16), all.slice(16, 20), all.slice(20)].join('-');
  };
}
