import { concatBytes } from '../bytes/index.ts';
import type { AeadContext, Crypto } from '../ports/index.ts';

/** Every AEAD key of a picture is used for that picture only, so its nonce is 12 zero bytes. docs/spec/otc.md §5. */
const ZERO_NONCE = new Uint8Array(12);

type MatrixSeal = Pick<AeadContext, 'key' | 'aad'>;

/** `aad` (all bytes before the ciphertext, as sent), ciphertext and tag: the whole payload. */
export function sealMatrix(crypto: Crypto, job: MatrixSeal & { readonly plaintext: Uint8Array }): Uint8Array {
  return concatBytes(job.aad, crypto.aeadSeal({ ...job, nonce: ZERO_NONCE }));
}

/** The plaintext of a payload whose first `clearBytes` are clear, or `undefined`. */
export function openMatrix(
  crypto: Crypto,
  job: { readonly key: Uint8Array; readonly payload: Uint8Array; readonly clearBytes: number },
): Uint8Array | undefined {
  return crypto.aeadOpen({
    key: job.key,
    nonce: ZERO_NONCE,
    aad: job.payload.slice(0, job.clearBytes),
    sealed: job.payload.slice(job.clearBytes),
  });
}
