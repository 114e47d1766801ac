import { asciiBytes, assert, concatBytes, u32 } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';

/** The generator inside the device state: one 32-byte key that moves on with every draw. */
export type RngState = { readonly key: Uint8Array };

const DRAW_BYTES_MAX = 4_096;

/** Starts a generator from 32 bytes of hardware entropy. */
export function rngStart(crypto: Crypto, entropy: Uint8Array): RngState {
  assert(entropy.length === 32, 'the hardware generator gives 32 bytes');
  return { key: crypto.hmacSha256(entropy, asciiBytes('device rng start')) };
}

/**
 * Draws `byteCount` bytes. The key that made them is replaced in the same step, so that a RAM dump taken later does
 * not tell earlier draws (the shape of HMAC_DRBG, NIST SP 800-90A section 10.1.2).
 */
export function rngBytes(
  crypto: Crypto,
  rng: RngState,
  byteCount: number,
): { readonly rng: RngState; readonly bytes: Uint8Array } {
  assert(byteCount >= 0 && byteCount <= DRAW_BYTES_MAX, 'a draw is bounded');
  const blocks: Uint8Array[] = [];
  for (let index = 0; index * 32 < byteCount; index += 1) {
    blocks.push(crypto.hmacSha256(rng.key, concatBytes(asciiBytes('draw'), u32(index))));
  }
  return {
    rng: { key: crypto.hmacSha256(rng.key, asciiBytes('next')) },
    bytes: concatBytes(...blocks).slice(0, byteCount),
  };
}
