/** Memory that calls of one process hold together. */
export interface MemoryBudget {
  /** Bytes that are held now. */
  readonly held: number;
  /** Takes bytes, or gives null where `max` does not leave room for them. */
  take(bytes: number, max: number): HeldMemory | null;
}

/** What one call holds. */
export interface HeldMemory {
  readonly bytes: number;
  /** Takes more; gives whether there was room. */
  grow(bytes: number): boolean;
  /** Gives all of it back. What is given back already is not given twice. */
  release(): void;
}

/** Gives a budget that nobody holds anything of. Its largest size is said with each taking: tables change it. */
export function memoryBudget(): MemoryBudget {
  let held = 0;
  const take = (bytes: number, max: number): HeldMemory | null => {
    if (held + bytes > max) return null;
    held += bytes;
    let own = bytes;
    let released = false;
    return {
      get bytes() {
        return own;
      },
      grow: (more) => {
        if (released || held + more > max) return false;
        held += more;
        own += more;
        return true;
      },
      release: () => {
        if (released) return;
        released = true;
        held -= own;
        own = 0;
      },
    };
  };
  return {
    get held() {
      return held;
    },
    take,
  };
}
