import { assert } from '../bytes/index.ts';
import type { PayloadKind } from './payload-kind.ts';
import { HEADER_BYTES, isPayloadSize, KIND_BYTES, PAYLOAD_VERSION } from './payload-kind.ts';

/**
 * The answer to every refusal: bytes that no token opens and that nobody without a key tells from a live picture.
 * Version, kind, E and the server key id are those of a live one, everything else is random. docs/spec/otc.md §8.
 *
 * `random`: exactly as many random bytes as the payload is to have (102 for a PAIR1, ...).
 * `ephemeralKey`: a real X25519 public key made for this payload; random bytes would be told apart, because half of
 * them lie on the twist and the top bit of a real key is 0. Required for PAIR1, unused otherwise.
 */
export function deadPayload(
  job:
    | {
        readonly kind: 'pair1';
        readonly random: Uint8Array;
        readonly ephemeralKey: Uint8Array;
        readonly serverKeyId: number;
      }
    | { readonly kind: Exclude<PayloadKind, 'pair1'>; readonly random: Uint8Array },
): Uint8Array {
  assert(isPayloadSize(job.kind, job.random.length), 'a dead payload has the size of a live one');
  const payload = job.random.slice();
  payload[0] = PAYLOAD_VERSION;
  payload[1] = KIND_BYTES[job.kind];
  if (job.kind === 'pair1') {
    assert(job.ephemeralKey.length === 32, 'an X25519 public key has 32 bytes');
    payload.set(job.ephemeralKey, HEADER_BYTES);
    payload[HEADER_BYTES + 33] = job.serverKeyId;
  }
  return payload;
}
