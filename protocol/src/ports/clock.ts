/** What time it is. Cores take times as values; only shells hold this. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly nowMs: () => number;
}
