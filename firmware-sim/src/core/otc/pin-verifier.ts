import { asciiBytes, concatBytes, equalConstantTime } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { PinVerifier } from './vault.ts';

/** Bytes of the salt. */
export const PIN_SALT_BYTES = 16;

type PinJob = { readonly elementKey: Uint8Array; readonly pin: string };

/** HMAC(element key, "otc/v1 pin" || salt || digits): without the element nobody can try PINs on a flash dump. */
export function makePinVerifier(crypto: Crypto, job: PinJob & { readonly salt: Uint8Array }): PinVerifier {
  const input = concatBytes(asciiBytes('otc/v1 pin'), job.salt, asciiBytes(job.pin));
  return { salt: job.salt, verifier: crypto.hmacSha256(job.elementKey, input) };
}

/** Whether a PIN is the one that the verifier was made of. */
export function isRightPin(crypto: Crypto, job: PinJob & { readonly verifier: PinVerifier }): boolean {
  const { salt, verifier } = job.verifier;
  return equalConstantTime(makePinVerifier(crypto, { ...job, salt }).verifier, verifier);
}
