import type { OtpDigits } from '@chiavetta/protocol/otp';
import type { Acceptance, Refusal } from './refusal.ts';

/** A secret as it lies in the store: random nonce, ciphertext and tag under the KEK. docs/spec/validation.md, "Secrets at rest". */
export type SealedSecret = { readonly sealed: Uint8Array };
/** The same secret while a decision is made. Never put in the store, an audit entry, a mail or an answer. */
export type OpenSecret = { readonly bytes: Uint8Array };

/** Where a device stands at the validator. docs/spec/validation.md, "States". */
export type DeviceState = 'STOCK' | 'RESERVED' | 'IN_DOUBT' | 'PROVISIONED' | 'RETIRED';
/** What lies over the state of a binding: a suspension can be lifted, a revocation cannot. */
export type Overlay = 'NONE' | 'SUSPENDED' | 'REVOKED';
/** Operations that a serial session carries to a token. */
export type DeviceOperation = 'provision' | 'bind' | 'unlock' | 'reset' | 'rekey' | 'revoke';

/** Lock of one second factor: 5 wrong codes in a row cool, 10 lock until a person acts. */
export type FactorLock =
  | { readonly tag: 'OK'; readonly failures: number }
  | { readonly tag: 'COOLING'; readonly failures: number; readonly untilMs: number }
  | { readonly tag: 'LOCKED'; readonly failures: number };

/** Why staff blocked a device: lost, stolen, tampered with. */
export type DeviceBlock = { readonly reason: string; readonly atMs: number };

/** The two-phase transaction with a device that is under way. One at a time per token. docs/spec/provisioning.md. */
export type DeviceTransaction<Secret> = {
  /** 16 bytes in lower-case hexadecimal; also the nonce of the ticket. */
  readonly txid: string;
  readonly operation: DeviceOperation;
  readonly requestId?: string;
  readonly state: 'RESERVED' | 'IN_DOUBT' | 'PROVED';
  /** The epoch that the token will have once it committed. */
  readonly seedEpoch: number;
  /** A fob's new seed. */
  readonly seed?: Secret;
  /** Proves READY. */
  readonly readyKey?: Secret;
  /** Pairing static, hint key and labels as sent: sealed, because the hint key is a secret. */
  readonly prepareBody?: Secret;
  readonly ticket?: Uint8Array;
  /** The prekey block that READY brought: checked, and valid with COMMIT. */
  readonly prekeys?: readonly StoredPrekey[];
  readonly customerId?: string;
  readonly slot?: number;
  readonly startedAtMs: number;
  readonly operators: readonly string[];
};

/** A one-time X25519 public key of a token. `id`: 0 to 254, after 254 comes 0. */
export type StoredPrekey = { readonly id: number; readonly publicKey: Uint8Array };

type TokenCommon<Secret> = {
  /** 12 decimal digits; the record's id. */
  readonly serial: string;
  readonly device: DeviceState;
  readonly certificate: Uint8Array;
  /** 0 before the first provisioning or binding; never back. */
  readonly seedEpoch: number;
  /** The store epoch in which this row was written: part of what authenticates its secrets. */
  readonly storeEpoch: number;
  readonly transaction?: DeviceTransaction<Secret>;
  /** The txid of the last transaction that was finished, so that a repeated COMMIT is recognised. */
  readonly lastTxid?: string;
  /** Staff blocked the device itself: no binding of it is used, and no serial session begins. */
  readonly blocked?: DeviceBlock;
};

type BindingCommon = {
  readonly customerId: string;
  /** 0 for a fob; 0 to 7 for an OTC token. */
  readonly slot: number;
  readonly boundAtMs: number;
  readonly overlay: Overlay;
  readonly overlayReason?: string;
  /** Counted up whenever an overlay is laid or lifted; sessions of an older epoch are over. Absent: 0. */
  readonly sessionEpoch?: number;
  readonly lock: FactorLock;
  /** The one challenge that may be answered; a new one voids it. */
  readonly liveChallengeId?: string;
  readonly lastAccepted?: Acceptance;
  /** Why the last attempt was refused, for staff. */
  readonly lastRefusal?: Refusal;
};

/** The moving part of an event-based or time-based code. */
export type FobOtp<Secret> = {
  readonly seed: Secret;
  readonly mode: 'hotp' | 'totp';
  readonly algorithm: 'sha1' | 'sha256';
  readonly digits: OtpDigits;
  readonly stepSeconds: number;
  /** The watermark: the lowest counter (HOTP) or time step (TOTP) that may still be accepted. Never goes back. */
  readonly next: number;
  /** Learned lead of the token's clock in steps (TOTP), else 0. */
  readonly driftSteps: number;
  /** After a restore: one code alone is not enough, once. */
  readonly twoCodesNeeded: boolean;
  /** Fingerprints of the codes accepted last, so that staff can be told "used before on ...". */
  readonly used: readonly { readonly mark: Uint8Array; readonly atMs: number }[];
};

export type FobBinding = BindingCommon & {
  readonly tag: 'fob';
  readonly state: 'AWAITING_FIRST_CODE' | 'IN_USE';
};

export type FobToken<Secret> = TokenCommon<Secret> & {
  readonly kind: 'fob';
  /** Absent until the first provisioning is done. */
  readonly otp?: FobOtp<Secret>;
  readonly bindings: readonly FobBinding[];
};

/** One generation of a slot's keys that is ACTIVE. */
export type ActiveGeneration<Secret> = {
  readonly generation: number;
  /** The chain key of step `next`, M and the header key: `generationSecrets`. */
  readonly keys: Secret;
  /** n of the next challenge. */
  readonly next: number;
  /** Challenges issued since the last acceptance: below 512. */
  readonly issuedSinceAccept: number;
  /** Chain steps since the last acceptance, restores included: below 4,095. */
  readonly stepsSinceAccept: number;
};

/** A pairing attempt that waits for its 10 digits (P1) or its 6 digits (P2). */
export type PairingAttempt<Secret> = {
  readonly generation: number;
  /** The pairing counter of its PAIR1. */
  readonly counter: number;
  readonly prekeyId: number;
  readonly challengeId: string;
  readonly expiresAtMs: number;
  readonly keys: Secret;
};

export type OtcBinding<Secret> = BindingCommon & {
  readonly tag: 'otc';
  readonly state: 'AWAITING_PAIRING' | 'P1' | 'P2' | 'PAIRED';
  readonly label: string;
  readonly hintKey: Secret;
  /** Id of the pairing static that BIND, RESET or REKEY delivered. */
  readonly serverKeyId: number;
  /** The generation issued last; 0: none yet. */
  readonly lastGeneration: number;
  readonly active?: ActiveGeneration<Secret>;
  readonly pairing?: PairingAttempt<Secret>;
  /** When the PAIR1s of the last day were issued; at most the policy's number of them. */
  readonly pair1AtMs: readonly number[];
};

export type OtcToken<Secret> = TokenCommon<Secret> & {
  readonly kind: 'otc';
  /** D of the certificate. */
  readonly devicePublicKey: Uint8Array;
  /** The number of the PAIR1 issued last, one count for all slots. */
  readonly pairingCounter: number;
  /** Unused prekeys, the next one first. */
  readonly prekeys: readonly StoredPrekey[];
  readonly bindings: readonly OtcBinding<Secret>[];
};

/**
 * A token. `Token<SealedSecret>` is the row in the store, `Token<OpenSecret>` is what decisions work on: the compiler
 * keeps an open secret out of the store. Values are JSON and Uint8Array: no bigint, no undefined.
 */
export type Token<Secret> = FobToken<Secret> | OtcToken<Secret>;
export type TokenRecord = Token<SealedSecret>;
export type TokenState = Token<OpenSecret>;
