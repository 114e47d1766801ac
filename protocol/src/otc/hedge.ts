import { assert, concatBytes, u16, u32 } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import { LABELS } from './labels.ts';

/**
 * What makes a nonce or an ephemeral key of the server: fresh randomness and a secret key together. Should the random
 * source repeat (a restored virtual machine), the counter and the plaintext still keep the results apart, and nobody
 * without the key can foresee them. docs/spec/otc.md §5.
 */
export type Hedge = {
  /** 32 bytes, kept with the server's key-encryption key. */
  readonly key: Uint8Array;
  /** Which binding (user, token, slot) this is for, in the server's own coding; at most 65,535 bytes. */
  readonly binding: Uint8Array;
  /** 32 fresh random bytes. */
  readonly random: Uint8Array;
};

/** 8 bytes for a header, 32 for an ephemeral secret. */
export type HedgePurpose = 'nonce' | 'ephemeral';

const PURPOSES = {
  nonce: { label: LABELS.hedgeNonce, byteCount: 8 },
  ephemeral: { label: LABELS.hedgeEphemeral, byteCount: 32 },
} as const;

/** HMAC(key, label || u16 len(binding) || binding || random 32 || counter u32 || plaintext), cut to its purpose. */
export function hedged(
  crypto: Crypto,
  job: {
    readonly hedge: Hedge;
    readonly purpose: HedgePurpose;
    readonly counter: number;
    readonly plaintext: Uint8Array;
  },
): Uint8Array {
  const { key, binding, random } = job.hedge;
  assert(key.length === 32 && random.length === 32, 'a hedge has a key and randomness of 32 bytes each');
  const { label, byteCount } = PURPOSES[job.purpose];
  const input = concatBytes(label, u16(binding.length), binding, random, u32(job.counter), job.plaintext);
  return crypto.hmacSha256(key, input).slice(0, byteCount);
}
