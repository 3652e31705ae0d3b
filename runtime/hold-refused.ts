import type { AnswerSink } from './6-forward/forward.ts';

/** What is done with an answer of 401. */
export interface Refusal {
  /** Called when one begins: what follows waits until it is released, if it ever is. */
  readonly onRefused: () => void;
  /** Nothing waits any more, and there is room: the call goes on reading. */
  readonly onRelease: () => void;
}

/** A sink that holds an answer of 401 back. */
export interface HoldingSink extends AnswerSink {
  /** Lets the answer go, as it came. */
  release(): void;
}

/** Gives a sink that passes every answer on but a 401, which it holds while something better may be found. */
export function holdRefused(onward: AnswerSink, { onRefused, onRelease }: Refusal): HoldingSink {
  let held: (() => boolean)[] | null = null;
  const take = (event: () => boolean): boolean => {
    if (held === null) return event();
    held.push(event);
    return false;
  };
  const last = (event: () => void): (() => boolean) => {
    return () => {
      event();
      return false;
    };
  };
  return {
    head: (status, reason, raw) => {
      const event = (): boolean => onward.head(status, reason, raw);
      if (status !== 401) return event();
      held = [event];
      onRefused();
      return false;
    },
    data: (chunk) => take(() => onward.data(chunk)),
    end: (trailers) => void take(last(() => onward.end(trailers))),
    fail: (error) => void take(last(() => onward.fail(error))),
    release: () => {
      const events = held ?? [];
      held = null;
      let goesOn = false;
      for (const event of events) goesOn = event();
      if (goesOn) onRelease();
    },
  };
}
