import { assert } from '@chiavetta/protocol/bytes';
import type { Timer } from '@chiavetta/provisioning';

/** Who set a timer: a PC that is killed takes its timers with it, the world's stay. */
export type TimerOwner = { readonly name: string };

/** Time that passes only when nobody has anything left to do. */
export interface VirtualTime {
  readonly nowMs: () => number;
  readonly timerOf: (owner: TimerOwner) => Timer;
  readonly forget: (owner: TimerOwner) => void;
  /** Lets time pass until the work is done; `undefined` when `isOver` says so first. */
  readonly until: <T>(work: Promise<T>, isOver?: () => boolean) => Promise<T | undefined>;
}

type Due = { readonly owner: TimerOwner; readonly dueMs: number; readonly callback: () => void };

const TIMERS_MAX = 100_000;

/** `onPass` hears of every step that time makes. */
export function virtualTime(startMs: number, onPass: (ms: number) => void): VirtualTime {
  let nowMs = startMs;
  let timers: Due[] = [];

  const moveTo = (dueMs: number): void => {
    const ms = Math.max(0, dueMs - nowMs);
    nowMs += ms;
    onPass(ms);
  };
  const fireNext = (): boolean => {
    const next = timers.reduce<Due | undefined>(
      (best, one) => (best === undefined || one.dueMs < best.dueMs ? one : best),
      undefined,
    );
    if (next === undefined) return false;
    timers = timers.filter((one) => one !== next);
    moveTo(next.dueMs);
    next.callback();
    return true;
  };
  return {
    nowMs: () => nowMs,
    timerOf: (owner) => ({
      nowMs: () => nowMs,
      after: (delayMs, callback) => {
        const due: Due = { owner, dueMs: nowMs + delayMs, callback };
        timers.push(due);
        return () => {
          timers = timers.filter((one) => one !== due);
        };
      },
    }),
    forget: (owner) => {
      timers = timers.filter((one) => one.owner !== owner);
    },
    until: async (work, isOver = () => false) => {
      const ending: { settled: boolean } = { settled: false };
      const note = (): void => {
        ending.settled = true;
      };
      work.then(note, note);
      for (let count = 0; ; count += 1) {
        await everyoneIdle();
        if (ending.settled) return await work;
        if (isOver()) return undefined;
        assert(count < TIMERS_MAX, 'a ceremony ends');
        assert(fireNext(), 'somebody waits for something that will come');
      }
    },
  };
}

/** Everything here answers at once or by a virtual timer: one turn of the event loop runs all that was promised. */
function everyoneIdle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
