import { assert } from '../bytes/index.ts';
import type { Clock } from '../ports/index.ts';

/** A clock that stands still until it is told otherwise. */
export interface ManualClock extends Clock {
  /** Moves time forward, in milliseconds. */
  readonly advance: (ms: number) => void;
  /** Sets the clock, backwards too: what an operator or a time server may do to a real one. */
  readonly set: (unixMs: number) => void;
}

/** A clock that starts at `startMs` (milliseconds since 1970). */
export function manualClock(startMs: number): ManualClock {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    advance: (ms) => {
      assert(ms >= 0, 'time that passes is not negative');
      nowMs += ms;
    },
    set: (unixMs) => {
      nowMs = unixMs;
    },
  };
}
