import type { Layout } from '../bytes/index.ts';
import { fieldU8, fieldU32, layout } from '../bytes/index.ts';

/** Prepares a new seed in a key fob. The seed itself is derived on both sides and never sent. */
export type PrepareProvision = {
  /** The epoch that the new seed will have. */
  readonly seedEpoch: number;
  /** One of `OTP_ALGORITHMS`. */
  readonly algorithm: number;
  /** One of `OTP_MODES`. */
  readonly mode: number;
  /** Digits of a code, 6 to 8. */
  readonly digits: number;
  /** Time step in seconds; 0 for HOTP. */
  readonly stepSeconds: number;
};

/** The layout of `PrepareProvision`. Spec: docs/spec/wire.md. */
export const prepareProvisionLayout: Layout<PrepareProvision> = layout('PREPARE PROVISION', {
  seedEpoch: fieldU32,
  algorithm: fieldU8,
  mode: fieldU8,
  digits: fieldU8,
  stepSeconds: fieldU8,
});

/** The hash of a key fob's codes, as it stands in PREPARE PROVISION. */
export const OTP_ALGORITHMS = { sha1: 1, sha256: 2 } as const;

/** What moves a key fob's codes, as it stands in PREPARE PROVISION. */
export const OTP_MODES = { hotp: 1, totp: 2 } as const;
