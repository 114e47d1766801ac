import { assert, concatBytes, u8 } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import { decDigits } from './dec-digits.ts';
import { LABELS } from './labels.ts';
import type { ChallengeKind } from './payload-kind.ts';
import { KIND_BYTES } from './payload-kind.ts';

/** A token follows a counter at most this far ahead: chain steps are work, and a picture may ask for any number. */
export const COUNTER_SKIP_MAX = 4_095;

/** CK_{n+1} from CK_n. The old one is erased by whoever stores the new one. docs/spec/otc.md §5. */
export function chainStep(crypto: Crypto, ck: Uint8Array): Uint8Array {
  return crypto.hmacSha256(ck, LABELS.chainStep);
}

/** `stepCount` chain steps, at most 2^20 (a restored server steps 256 for each epoch). */
export function chainSteps(crypto: Crypto, ck: Uint8Array, stepCount: number): Uint8Array {
  assert(stepCount >= 0 && stepCount <= 2 ** 20, 'a chain goes forward, by a bounded number of steps');
  let key = ck;
  for (let step = 0; step < stepCount; step += 1) key = chainStep(crypto, key);
  return key;
}

/** k_ae,n: used for one payload only, hence its nonce of 12 zero bytes. */
export function challengeKey(
  crypto: Crypto,
  job: { readonly ck: Uint8Array; readonly header: Uint8Array },
): Uint8Array {
  return crypto.hkdfExpand(job.ck, concatBytes(LABELS.challengeAead, job.header));
}

/** k_re,n: what a server keeps of CK_n and M to check one answer; useless for any other challenge or kind. */
export function responseKey(
  crypto: Crypto,
  job: { readonly m: Uint8Array; readonly ck: Uint8Array; readonly kind: ChallengeKind },
): Uint8Array {
  return crypto.hkdfExtract(job.m, concatBytes(job.ck, LABELS.challengeResponse, u8(KIND_BYTES[job.kind])));
}

/** What a code binds of its challenge: the header as sent and H(plaintext with its pad). */
export type ChallengeDigest = { readonly header: Uint8Array; readonly plaintextHash: Uint8Array };

/** The 6 digits of a challenge from k_re,n: the server's way. */
export function responseCodeFromKey(
  crypto: Crypto,
  job: ChallengeDigest & { readonly responseKey: Uint8Array },
): string {
  const input = concatBytes(LABELS.response, job.header, job.plaintextHash);
  return decDigits(crypto.hmacSha256(job.responseKey, input), 6);
}

/** The 6 digits of a challenge from M and CK_n: the token's way. */
export function responseCode(
  crypto: Crypto,
  job: ChallengeDigest & { readonly m: Uint8Array; readonly ck: Uint8Array; readonly kind: ChallengeKind },
): string {
  return responseCodeFromKey(crypto, { ...job, responseKey: responseKey(crypto, job) });
}
