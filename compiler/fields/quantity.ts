const DURATION = /^([1-9][0-9]{0,9})(ms|s|m|h|d)$/;
const SIZE = /^([1-9][0-9]{0,11})(B|KiB|MiB|GiB)$/;
const MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const BYTES = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** The longest duration: timers of the runtime count in 32 bits of milliseconds. */
export const DURATION_MAX_MS: number = 2 ** 31 - 1;

/** `10s` as a pattern, for editors. */
export const DURATION_PATTERN = '^[1-9][0-9]{0,9}(ms|s|m|h|d)$';
/** `16KiB` as a pattern, for editors. */
export const SIZE_PATTERN = '^[1-9][0-9]{0,11}(B|KiB|MiB|GiB)$';

/** Gives the milliseconds of `500ms`, `10s`, `5m`, `1h` or `60d`, or null. */
export function readDuration(text: string): number | null {
  const [, count, unit] = DURATION.exec(text) ?? [];
  if (count === undefined || unit === undefined) return null;
  return Number(count) * MS[unit as keyof typeof MS];
}

/** Gives the bytes of `512B`, `16KiB`, `10MiB` or `1GiB`, or null. */
export function readSize(text: string): number | null {
  const [, count, unit] = SIZE.exec(text) ?? [];
  if (count === undefined || unit === undefined) return null;
  const bytes = Number(count) * BYTES[unit as keyof typeof BYTES];
  return Number.isSafeInteger(bytes) ? bytes : null;
}
