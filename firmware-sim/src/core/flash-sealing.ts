import { asciiBytes, concatBytes, u8 } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';

const NONCE_BYTES = 12;

/** How many bytes sealing adds: a stored random nonce and the tag. */
export const SEALING_BYTES: number = NONCE_BYTES + 16;

/** What a sealed flash field belongs to. */
export type FlashSealing = {
  /** The 32-byte key of the secure element. */
  readonly elementKey: Uint8Array;
  /** The flash record in which the bytes stand: bytes moved to another record do not open. */
  readonly recordId: number;
};

/**
 * Seals secret bytes for flash: nonce (12) || ciphertext || tag (16) under
 * K_rec = HKDF(element key, "otc/v1 flash" || record id). Source: docs/spec/devices.md, "Sealed flash".
 */
export function sealForFlash(
  crypto: Crypto,
  job: FlashSealing & {
    /** 12 random bytes, fresh for each seal. */ readonly nonce: Uint8Array;
    readonly plaintext: Uint8Array;
  },
): Uint8Array {
  const sealed = crypto.aeadSeal({
    key: recordKey(crypto, job),
    nonce: job.nonce,
    aad: u8(job.recordId),
    plaintext: job.plaintext,
  });
  return concatBytes(job.nonce, sealed);
}

/** Opens what `sealForFlash` wrote; `undefined` for every other bytes, however short. */
export function openFromFlash(
  crypto: Crypto,
  job: FlashSealing & { readonly sealed: Uint8Array },
): Uint8Array | undefined {
  if (job.sealed.length < SEALING_BYTES) return undefined;
  return crypto.aeadOpen({
    key: recordKey(crypto, job),
    nonce: job.sealed.subarray(0, NONCE_BYTES),
    aad: u8(job.recordId),
    sealed: job.sealed.subarray(NONCE_BYTES),
  });
}

function recordKey(crypto: Crypto, job: FlashSealing): Uint8Array {
  const extracted = crypto.hkdfExtract(new Uint8Array(0), job.elementKey);
  return crypto.hkdfExpand(extracted, concatBytes(asciiBytes('otc/v1 flash'), u8(job.recordId)));
}
