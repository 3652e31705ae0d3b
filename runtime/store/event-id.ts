import { randomBytes } from 'node:crypto';

/** What a count of 12 bits may come to within a millisecond. */
const COUNT_MAX = 0xfff;

/** Random bytes are had in bulk: each request of some costs as much as hundreds of ids. */
const BULK_BYTES = 2048;
const TAIL_DIGITS = 16;
/** The variant (binary 10) and two random bits. */
const VARIANTS = '89ab';

/**
 * Gives ids for events: UUIDs, version 7 (RFC 9562, 6.2, method 1: the milliseconds, then a count), so that those of
 * one process sort in the order in which they were made, and those of several by their time.
 */
export function eventIds(): (now: number) => string {
  let time = 0;
  let count = 0;
  let digits = '';
  let used = 0;
  const tail = (): string => {
    if (used + TAIL_DIGITS > digits.length) {
      digits = randomBytes(BULK_BYTES).toString('hex');
      used = 0;
    }
    used += TAIL_DIGITS;
    return digits.slice(used - TAIL_DIGITS, used);
  };
  return (now) => {
    const isLater = now > time;
    count = isLater ? 0 : count + 1;
    time = isLater ? now : time + (count > COUNT_MAX ? 1 : 0);
    count = count > COUNT_MAX ? 0 : count;
    const hex = time.toString(16).padStart(12, '0');
    const random = tail();
    const variant = VARIANTS[Number.parseInt(random.slice(0, 1), 16) & 3] ?? '8';
    const rest = `7${count.toString(16).padStart(3, '0')}-${variant}${random.slice(1, 4)}-${random.slice(4)}`;
    return `${hex.slice(0, 8)}-${hex.slice(8)}-${rest}`;
  };
}
