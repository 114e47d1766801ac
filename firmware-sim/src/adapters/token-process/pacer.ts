/** How fast virtual time runs: 1 is real time, 0 stands still. */
export type Pace = number;

/** Something whose time moves by calls. */
export type PacedDevice = { readonly advance: (ms: number) => unknown };

/** A running pacer. */
export interface Pacer {
  readonly setPace: (pace: Pace) => void;
  readonly stop: () => void;
}

const TICK_MS = 50;

/**
 * Moves a virtual device's time along with the real one. `monotonicMs` is a clock that never goes back; a machine that
 * slept makes the device catch up in one step.
 */
export function startPacer(options: {
  readonly device: PacedDevice;
  readonly pace: Pace;
  readonly monotonicMs: () => number;
}): Pacer {
  let pace = options.pace;
  let lastMs = options.monotonicMs();
  let owedMs = 0;
  const ticker = setInterval(() => {
    const nowMs = options.monotonicMs();
    owedMs += (nowMs - lastMs) * pace;
    lastMs = nowMs;
    const wholeMs = Math.floor(owedMs);
    owedMs -= wholeMs;
    if (wholeMs > 0) options.device.advance(wholeMs);
  }, TICK_MS);
  return {
    setPace: (next) => {
      pace = next;
    },
    stop: () => clearInterval(ticker),
  };
}
