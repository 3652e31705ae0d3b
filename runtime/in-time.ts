const LATE = Symbol('late');

/** Gives what a promise comes to, or, where that takes longer, what `late` gives or throws. What was begun goes on. */
export async function inTime<T>(work: Promise<T>, timeout_ms: number, late: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), timeout_ms);
  });
  try {
    const first = await Promise.race([work, over]);
    return first === LATE ? late() : first;
  } finally {
    clearTimeout(timer);
  }
}
