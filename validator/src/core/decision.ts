import { assert, concatBytes, toHex } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { Change } from '../ports/store.ts';
import type { Policy } from './policy.ts';
import type { RecordTypes } from './records.ts';
import type { SealingKeys } from './sealing.ts';

/** The key bytes that decisions need, each 32 bytes. They live for one call of the shell. */
export type DecisionKeys = SealingKeys & {
  readonly deadKey: Uint8Array;
  readonly pairingStatic: { readonly keyId: number; readonly secret: Uint8Array };
};

/** Everything that a decision takes besides the records and the attempt. */
export type Decider = {
  readonly crypto: Crypto;
  readonly keys: DecisionKeys;
  readonly policy: Policy;
  /** What tokens show as the bank: at most 16 printable ASCII characters. */
  readonly bankLabel: string;
  /** Where the bank itself is told of blocks. */
  readonly bankMail?: string;
  readonly nowMs: number;
  /** The same moment as people read it: date `21 NOV` and time `22:31 UTC`. */
  readonly nowText: { readonly date: string; readonly time: string };
  readonly random: DecisionRandom;
};

/** What to answer once the change is durable, and the change. On a conflict both are thrown away. */
export type Decision<Answer> = { readonly answer: Answer; readonly change: Change<RecordTypes> };

/** Random bytes that one decision may use, each part for one purpose only. */
export type DecisionRandom = {
  readonly challengeId: string;
  readonly portalSession: string;
  readonly hedge: Uint8Array;
  readonly tokenRow: Uint8Array;
  readonly challengeRow: Uint8Array;
  /** 512 bytes: keys of a token that does not exist. */
  readonly phantom: Uint8Array;
};

/** How many fresh random bytes `decisionRandom` takes. */
export const DECISION_RANDOM_BYTES = 640;

/** Cuts fresh random bytes into the parts that a decision uses. */
export function decisionRandom(bytes: Uint8Array): DecisionRandom {
  assert(bytes.length === DECISION_RANDOM_BYTES, 'a decision gets 640 random bytes');
  return {
    challengeId: toHex(bytes.subarray(0, 16)),
    portalSession: toHex(bytes.subarray(16, 32)),
    hedge: bytes.slice(32, 64),
    tokenRow: bytes.slice(64, 96),
    challengeRow: bytes.slice(96, 128),
    phantom: bytes.slice(128),
  };
}

/** Says which row a nonce or an ephemeral key is for: part of its hedge. */
export function bindingName(serial: string, slot: number): Uint8Array {
  return concatBytes(new TextEncoder().encode(serial), Uint8Array.of(slot));
}
