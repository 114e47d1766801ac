import type { Layout } from '../bytes/index.ts';
import { fieldBytes, fieldText, fieldU8, fieldU32, layout } from '../bytes/index.ts';

/** Prepares one slot of an OTC token: the body of BIND, RESET and REKEY. */
export type PreparePairing = {
  /** The epoch that the token will have. */
  readonly seedEpoch: number;
  readonly slot: number;
  readonly keyId: number;
  /** The X25519 public key S of the validator for this slot. */
  readonly serverKey: Uint8Array;
  /** The key that unmasks the header of the matrices for this slot. */
  readonly hintKey: Uint8Array;
  /** What the token calls the slot. */
  readonly label: string;
  /** What the token shows while it asks for OK. */
  readonly customerLabel: string;
};

/** The layout of `PreparePairing`. Spec: docs/spec/wire.md. */
export const preparePairingLayout: Layout<PreparePairing> = layout('PREPARE BIND, RESET or REKEY', {
  seedEpoch: fieldU32,
  slot: fieldU8,
  keyId: fieldU8,
  serverKey: fieldBytes(32),
  hintKey: fieldBytes(32),
  label: fieldText(16),
  customerLabel: fieldText(24),
});
