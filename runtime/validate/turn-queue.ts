/** How long one turn of the event loop may make validators, and go on with the requests that waited for them. */
const TURN_MS = 2;

/** A piece of work: it gives way wherever it yields, and what it returns is its result. */
export type PieceOfWork<T> = () => Generator<void, T>;

/** Work that is done step by step, so that no turn of the event loop takes long. */
export interface TurnQueue {
  /** Does a piece of work when all those before it are done. Rejects with what it throws. */
  add<T>(work: PieceOfWork<T>): Promise<T>;
}

/** Does the next step of a piece of work. Tells whether it was the last. */
type Step = () => boolean;

/** Gives a queue: steps in their order, as many in one turn as take TURN_MS with what follows from them. */
export function turnQueue(): TurnQueue {
  const waiting: Step[] = [];
  let isGoing = false;
  let end = 0;
  const turn = (): void => {
    end = performance.now() + TURN_MS;
    step();
  };
  const step = (): void => {
    if (waiting[0]?.() === true) waiting.shift();
    // Whoever waited for the piece goes on in microtasks, and is part of the turn too.
    queueMicrotask(() => process.nextTick(goOn));
  };
  const goOn = (): void => {
    isGoing = waiting.length > 0;
    if (!isGoing) return;
    if (performance.now() < end) step();
    else setImmediate(turn);
  };
  return {
    add: (work) =>
      new Promise((resolve, reject) => {
        waiting.push(stepsOf(work, resolve, reject));
        if (isGoing) return;
        isGoing = true;
        setImmediate(turn);
      }),
  };
}

function stepsOf<T>(work: PieceOfWork<T>, resolve: (value: T) => void, reject: (error: Error) => void): Step {
  const steps = work();
  return () => {
    try {
      const step = steps.next();
      if (step.done === true) resolve(step.value);
      return step.done === true;
    } catch (error) {
      reject(error instanceof Error ? error : new Error('a piece of work failed', { cause: error }));
      return true;
    }
  };
}
