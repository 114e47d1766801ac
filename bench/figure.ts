/** One figure, said as a ratio to something with a name. */
export type Figure = {
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with: another program, a limit of nature, or the goal itself. */
  readonly peer: string;
  /** What the peer has, in the same unit. */
  readonly peerValue: number;
  /** The highest ratio that is good enough. */
  readonly target: number;
};

/** Prints figures as lines of JSON; one that misses its target makes the process end with 1. */
export function report(figures: readonly Figure[]): void {
  for (const { id, value, unit, peer, peerValue, target } of figures) {
    const ratio = value / peerValue;
    const ok = ratio <= target;
    console.log(JSON.stringify({ id, value: rounded(value), unit, peer, ratio: rounded(ratio), target, ok }));
    if (!ok) process.exitCode = 1;
  }
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
