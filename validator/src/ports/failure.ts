/** What a shell says when the world failed. Cores never throw it: they answer with data. */
export type FailureWords<Code extends string> = {
  /** Public and never renamed: the message catalogue and the exit status hang on it. */
  readonly code: Code;
  /** What happened, in a sentence without a secret. */
  readonly message: string;
  /** What the person at the keyboard can do about it. */
  readonly next: string;
  readonly cause?: unknown;
};

/** The base of every failure that a shell throws: a literal code, a cause, and what to try next. */
export class ChiavettaError<Code extends string = string> extends Error {
  override readonly name: string = 'ChiavettaError';
  readonly code: Code;
  readonly next: string;

  constructor(words: FailureWords<Code>) {
    super(words.message, words.cause === undefined ? {} : { cause: words.cause });
    this.code = words.code;
    this.next = words.next;
  }
}

/** Every way in which a store can fail. */
export const STORE_FAILURES = [
  'STORE_LOCKED',
  'STORE_READ_ONLY',
  'STORE_NEWER',
  'STORE_CORRUPT',
  'STORE_PERMISSION',
  'STORE_MISSING',
  'STORE_FULL',
  'STORE_ROLLED_BACK',
  'STORE_CLOSED',
  'STORE_FAILED',
] as const;

/** One way in which a store can fail. */
export type StoreFailure = (typeof STORE_FAILURES)[number];

/** A store could not do its work. Unless the code is `STORE_FAILED`, nothing of the change was applied. */
export class StoreError extends ChiavettaError<StoreFailure> {
  override readonly name: string = 'StoreError';
}
