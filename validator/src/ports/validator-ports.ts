import type { SecretKey } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { Policy } from '../core/policy.ts';
import type { RecordTypes } from '../core/records.ts';
import type { Store } from './store.ts';

/** The validator's keys, loaded from files that only its user may read. Every secret is 32 bytes. */
export type ValidatorKeys = {
  /** Seals the secrets in records. */
  readonly kek: SecretKey;
  /** Hedges nonces and ephemeral keys against bad randomness. */
  readonly hedgeKey: SecretKey;
  /** Decides what an unknown User Code is shown. */
  readonly deadKey: SecretKey;
  /** Goes into every PIN verifier and is not in the database. */
  readonly pepper: SecretKey;
  /** X25519: the static key of serial sessions. */
  readonly noiseStatic: SecretKey;
  /** Ed25519: signs operator tickets. */
  readonly ticketKey: SecretKey;
  readonly authorityCertificate: Uint8Array;
  readonly authorityId: number;
  /** S and its id. */
  readonly pairingStatic: { readonly keyId: number; readonly secret: SecretKey };
  /** Ed25519: signs audit checkpoints. */
  readonly checkpointKey: SecretKey;
  readonly anchorPublicKey?: Uint8Array;
  readonly makerRoots: readonly Uint8Array[];
  readonly issuerCertificates: readonly Uint8Array[];
};

/** Everything outside that the use cases ask. */
export interface ValidatorPorts {
  readonly store: Store<RecordTypes>;
  readonly clock: { readonly nowMs: () => number };
  readonly entropy: (byteCount: number) => Uint8Array;
  readonly crypto: Crypto;
  readonly keys: ValidatorKeys;
  readonly policy: Policy;
  /** scrypt with the policy's cost: 32 bytes. `pin` and `salt` are bytes. */
  readonly scrypt: (pin: Uint8Array, salt: Uint8Array) => Promise<Uint8Array>;
  /** What tokens show as the bank: at most 16 printable ASCII characters. */
  readonly bankLabel: string;
  /** Where the bank itself is told of losses and blocks. */
  readonly bankMail?: string;
}
