import type { Timer } from '../ports/timer.ts';

/** The machine's own monotonic clock. */
export const systemTimer: Timer = {
  nowMs: () => performance.now(),
  after: (delayMs, callback) => {
    const handle = setTimeout(callback, delayMs);
    return () => clearTimeout(handle);
  },
};
