/** Every number that the bank may choose. docs/spec/validation.md, "Policy" says why each default is what it is. */
export type Policy = {
  readonly hotp: {
    /** How many counters one code alone is compared with. */
    readonly candidates: number;
    /** How far two consecutive codes may lie ahead; also the window of the first use. */
    readonly resyncWindow: number;
  };
  readonly totp: {
    /** Steps to each side of the expected one. */
    readonly sideSteps: number;
    /** How far one accepted code may move the learned drift. */
    readonly driftStepsPerAcceptMax: number;
    /** Steps to each side in which two consecutive codes are looked for. */
    readonly resyncSideSteps: number;
  };
  readonly factor: {
    /** Wrong codes in a row after which the factor rests. */
    readonly coolingFailures: number;
    readonly coolingMs: number;
    /** Wrong codes in a row after which a person must act. */
    readonly lockFailures: number;
    readonly triesPerChallenge: number;
  };
  readonly challenge: {
    readonly loginMs: number;
    readonly transactionMs: number;
    readonly pair1Ms: number;
    /** How long a challenge that is over is kept, for retransmissions and for staff. */
    readonly keptMs: number;
  };
  readonly pairing: {
    readonly pair1PerDayMax: number;
    readonly triesPerStep: number;
    readonly prekeysLowAt: number;
  };
  readonly chain: { readonly issuedSinceAcceptMax: number; readonly stepsSinceAcceptMax: number };
  readonly account: {
    /** Wrong PINs in a row after which the customer has blocked the account. */
    readonly selfBlockWrongPins: number;
    readonly pinDigitsMin: number;
    readonly pinDigitsMax: number;
    /** How many earlier PINs are remembered and refused. */
    readonly oldPinsKept: number;
  };
  readonly session: { readonly inactivityMs: number };
  readonly scrypt: { readonly cost: number; readonly blockSize: number; readonly parallelization: number };
  readonly staff: {
    readonly ticketMs: number;
    readonly reservedMs: number;
    /** How long a request may wait for its approval, and then for its device. */
    readonly requestMs: number;
    readonly operatorInactivityMs: number;
    readonly wrongPasswordsMax: number;
    readonly operatorCoolingMs: number;
  };
  /** How often a decision is made again after a lost compare-and-swap. */
  readonly commitTriesMax: number;
};

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** The defaults of docs/spec/validation.md, "Policy". */
export const DEFAULT_POLICY: Policy = {
  hotp: { candidates: 3, resyncWindow: 100 },
  totp: { sideSteps: 1, driftStepsPerAcceptMax: 2, resyncSideSteps: 50 },
  factor: { coolingFailures: 5, coolingMs: 15 * MINUTE_MS, lockFailures: 10, triesPerChallenge: 3 },
  challenge: {
    loginMs: 120 * SECOND_MS,
    transactionMs: 300 * SECOND_MS,
    pair1Ms: 600 * SECOND_MS,
    keptMs: 24 * 60 * MINUTE_MS,
  },
  pairing: { pair1PerDayMax: 3, triesPerStep: 3, prekeysLowAt: 2 },
  chain: { issuedSinceAcceptMax: 512, stepsSinceAcceptMax: 4095 },
  account: { selfBlockWrongPins: 5, pinDigitsMin: 5, pinDigitsMax: 8, oldPinsKept: 10 },
  session: { inactivityMs: 300 * SECOND_MS },
  scrypt: { cost: 16_384, blockSize: 8, parallelization: 1 },
  staff: {
    ticketMs: 5 * MINUTE_MS,
    reservedMs: 15 * MINUTE_MS,
    requestMs: 7 * 24 * 60 * MINUTE_MS,
    operatorInactivityMs: 30 * MINUTE_MS,
    wrongPasswordsMax: 5,
    operatorCoolingMs: 15 * MINUTE_MS,
  },
  commitTriesMax: 1000,
};
