/** Where random bytes come from. Cores take bytes as values; only shells and state machines' drivers hold this. */
export interface Entropy {
  /** `byteCount` fresh random bytes. */
  readonly randomBytes: (byteCount: number) => Uint8Array;
}
