/** Says where a table is not what a table must be. The path is that of the JSON: `connections[3].headers`. */
export class TableError extends Error {
  override readonly name = 'TableError';
}

/** Gives the value as `T`, or throws a TableError that names the place and what was expected. */
export type Shape<T> = (value: unknown, path: string) => T;

/** Refuses a value: throws a TableError. */
export function refuse(path: string, expected: string): never {
  throw new TableError(`${path === '' ? 'the table' : path}: expected ${expected}`);
}

export const text: Shape<string> = (value, path) =>
  typeof value === 'string' ? value : refuse(path, 'a string');

export const flag: Shape<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : refuse(path, 'true or false');

/** An integer of at least `least`, and at most `most`. */
export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): Shape<number> {
  const expected = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return (value, path) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
      ? value
      : refuse(path, `an integer ${expected}`);
}

/** A finite number above zero. */
export const positive: Shape<number> = (value, path) =>
  typeof value === 'number' && Number.isFinite(value) && value > 0
    ? value
    : refuse(path, 'a number above zero');

/** One of the given words. */
export function word<const W extends string | number>(...words: readonly W[]): Shape<W> {
  return (value, path) =>
    words.find((candidate) => candidate === value) ?? refuse(path, `one of ${words.join(', ')}`);
}

/** A text that `accept` accepts. */
export function textWhere(expected: string, accept: (value: string) => boolean): Shape<string> {
  return (value, path) => {
    const read = text(value, path);
    return accept(read) ? read : refuse(path, expected);
  };
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path) => (value === null ? null : shape(value, path));
}

export function list<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value, path) =>
    Array.isArray(value)
      ? value.map((member, at) => shape(member, `${path}[${at}]`))
      : refuse(path, 'a list');
}

/** A list of two-element lists of a text and something. */
export function pairs<T>(shape: Shape<T>): Shape<readonly (readonly [string, T])[]> {
  return list((value, path) =>
    Array.isArray(value) && value.length === 2
      ? ([text(value[0], `${path}[0]`), shape(value[1], `${path}[1]`)] as const)
      : refuse(path, 'a pair'),
  );
}

/** The first of the shapes that accepts; the last one's refusal when none does. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
  return (value, path) => {
    try {
      return first(value, path);
    } catch (error) {
      if (!(error instanceof TableError)) throw error;
      return second(value, path);
    }
  };
}

/** An object with exactly these members. Members that are not named are refused: another version wrote them. */
export function record<T extends object>(members: { readonly [K in keyof T]-?: Shape<T[K]> }): Shape<T> {
  const shapes = Object.entries<Shape<unknown>>(members);
  return (value, path) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return refuse(path, 'an object');
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(members, key)) refuse(`${path}.${key}`, 'no member of that name');
    }
    const read: [string, unknown][] = [];
    for (const [key, shape] of shapes) {
      const member: unknown = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
      read.push([key, shape(member, path === '' ? key : `${path}.${key}`)]);
    }
    return Object.fromEntries(read) as T;
  };
}
