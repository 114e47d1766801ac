import type { MadeToken } from '@chiavetta/firmware-sim/factory';
import type { SerialOperation } from '@chiavetta/provisioning';
import type { StoreHistory } from './changes-store.ts';

/** Where runs start from: a token as its flash is, a bank as its store is, and what a clerk asks for. */
export type Scene = {
  readonly name: string;
  /** Its image is the flash as it is now. */
  readonly made: MadeToken;
  readonly history: StoreHistory;
  readonly nowMs: number;
  /** seedEpoch of token and validator before the operation. */
  readonly epochBefore: number;
  readonly task: {
    readonly operation: SerialOperation;
    readonly requestId?: string;
    readonly expectedSerial?: string;
  };
  readonly customer: Customer;
  /** What the customer can do when the operation is done. */
  readonly promise: 'next code' | 'pairing' | 'login' | 'nothing';
  /** No two worlds of one history draw the same random bytes. */
  readonly seed: number;
};

export type Customer = { readonly customerId: string; readonly userCode: string; readonly pin: string };

/** What goes wrong in a run, besides nothing. */
export type Plan = {
  /** The cable is out when so many bytes have crossed, both directions counted; rising. */
  readonly cutsAfter?: readonly number[];
  /** What a cut cable does to the token: a fob with a battery keeps its power. */
  readonly power: 'kept' | 'lost';
  /** The PC dies at its n-th doing: a chunk sent or heard, a question to the validator or its answer. */
  readonly killAt?: number;
  /** The validator dies at the n-th operation of its store, just before or just after it is done. */
  readonly storeFault?: { readonly at: number; readonly moment: 'fail_before' | 'fail_after' };
  /** The validator is started again after its n-th answer, which the PC still gets or not. */
  readonly restartAfter?: { readonly answer: number; readonly isAnswerLost: boolean };
  /** The token's power goes at the n-th flash operation of the run. */
  readonly flashCut?: { readonly at: number; readonly moment: 'before' | 'torn' | 'after' };
  /** A defence that is taken out, to see the harness notice. */
  readonly bug?: 'validator finishes at COMMIT' | 'token says DONE before it has written';
  readonly frameLimitBytes?: number;
};

/** What a run was, counted: the bounds of the sweeps. */
export type RunCounts = {
  readonly bytes: number;
  readonly doings: number;
  readonly storeOperations: number;
  readonly answers: number;
  readonly flashOperations: number;
};

/** What became of a run. A sound run has no faults. */
export type Verdict = {
  readonly faults: readonly string[];
  /** Ceremonies until the operation was done. */
  readonly ceremonies: number;
  readonly outcome: string;
  readonly counts: RunCounts;
};
