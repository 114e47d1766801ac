/** Time for the shell around the ceremony: a monotonic clock and one-shot timers, in milliseconds. */
export interface Timer {
  nowMs(): number;
  /** Calls back once; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
}
