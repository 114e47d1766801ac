import type { Layout } from '@chiavetta/protocol/bytes';
import { asciiBytes, concatBytes, fieldBytes, fieldText, fieldU8, layout } from '@chiavetta/protocol/bytes';
import { PREKEY_COUNT } from '@chiavetta/protocol/otc';
import type { Crypto } from '@chiavetta/protocol/ports';
import { SEALING_BYTES } from '../flash-sealing.ts';

/** What BIND, RESET and REKEY keep until COMMIT. */
export type StagedPairing = {
  readonly slot: number;
  readonly keyId: number;
  readonly serverKey: Uint8Array;
  readonly hintKey: Uint8Array;
  readonly label: string;
  readonly customerLabel: string;
  /** Number of the first of the eight prekeys. */
  readonly firstPrekeyId: number;
  /** Their eight secrets, in the order of making: 256 bytes. */
  readonly prekeySecrets: Uint8Array;
};

const stagedLayout: Layout<StagedPairing> = layout('staged pairing operation', {
  slot: fieldU8,
  keyId: fieldU8,
  serverKey: fieldBytes(32),
  hintKey: fieldBytes(32),
  label: fieldText(16),
  customerLabel: fieldText(24),
  firstPrekeyId: fieldU8,
  prekeySecrets: fieldBytes(32 * PREKEY_COUNT),
});

/** Bytes of the largest staged operation, as handed to the serial core. */
export const STAGED_BYTES_MAX: number = stagedLayout.byteCount + SEALING_BYTES;

const AAD = asciiBytes('otc staged');
const NONCE_BYTES = 12;

/** Seals a staged operation under the vault's staging key. `nonce`: 12 random bytes. */
export function sealStagedPairing(
  crypto: Crypto,
  job: { readonly stagingKey: Uint8Array; readonly nonce: Uint8Array; readonly staged: StagedPairing },
): Uint8Array {
  const sealed = crypto.aeadSeal({
    key: job.stagingKey,
    nonce: job.nonce,
    aad: AAD,
    plaintext: stagedLayout.encode(job.staged),
  });
  return concatBytes(job.nonce, sealed);
}

/** Opens what `sealStagedPairing` sealed, as long as the vault's staging key is still the same. */
export function openStagedPairing(
  crypto: Crypto,
  job: { readonly stagingKey: Uint8Array; readonly sealed: Uint8Array },
): StagedPairing | undefined {
  if (job.sealed.length !== STAGED_BYTES_MAX) return undefined;
  const plaintext = crypto.aeadOpen({
    key: job.stagingKey,
    nonce: job.sealed.subarray(0, NONCE_BYTES),
    aad: AAD,
    sealed: job.sealed.subarray(NONCE_BYTES),
  });
  const staged = plaintext === undefined ? undefined : stagedLayout.decode(plaintext);
  return staged?.ok ? staged.value : undefined;
}
