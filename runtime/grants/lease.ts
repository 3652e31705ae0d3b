/** Something that is used by many, and given back when it was retired and nobody uses it any more. */
export interface Lease {
  /** Counts a use; the function that is given back ends it, once. */
  enter(): () => void;
  /** No use begins any more. */
  retire(): void;
}

/** Gives the lease of what `giveBack` gives back. */
export function leaseOf(giveBack: () => void): Lease {
  let uses = 0;
  let retired = false;
  const settle = (): void => {
    if (retired && uses === 0) giveBack();
  };
  return {
    enter: () => {
      uses += 1;
      let isUsing = true;
      return () => {
        if (!isUsing) return;
        isUsing = false;
        uses -= 1;
        settle();
      };
    },
    retire: () => {
      if (retired) return;
      retired = true;
      settle();
    },
  };
}
