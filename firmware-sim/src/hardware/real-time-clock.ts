/** A quartz clock that runs a little fast or slow. */
export type RealTimeClock = {
  /** What it showed when virtual time was 0, seconds since 1970. */
  readonly startUnixS: number;
  /** Parts per million; positive runs fast. Two minutes a year are 3.8. */
  readonly driftPpm: number;
};

/** What the clock shows, in whole seconds since 1970, when virtual time is `nowMs`. */
export function clockUnixS(clock: RealTimeClock, nowMs: number): number {
  return Math.floor(clock.startUnixS + (nowMs / 1_000) * (1 + clock.driftPpm / 1_000_000));
}
