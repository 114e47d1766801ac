import { toHex } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import { nodeCrypto } from '@chiavetta/validator/node-crypto';

const REMEMBERED_MAX = 50_000;

/**
 * The primitives of node:crypto, with the public-key ones remembered: thousands of runs begin alike, and a pure function
 * of the same bytes gives the same answer. Nothing is left out; each answer was computed once.
 */
export const quickCrypto: Crypto = {
  ...nodeCrypto,
  x25519PublicKey: remembered(
    (secret) => nodeCrypto.x25519PublicKey(secret),
    (secret) => [secret],
  ),
  x25519: remembered(
    (job) => nodeCrypto.x25519(job),
    (job) => [job.secret, job.publicKey],
  ),
  ed25519PublicKey: remembered(
    (secret) => nodeCrypto.ed25519PublicKey(secret),
    (secret) => [secret],
  ),
  ed25519Sign: remembered(
    (job) => nodeCrypto.ed25519Sign(job),
    (job) => [job.secret, job.message],
  ),
  ed25519Verify: remembered(
    (job) => nodeCrypto.ed25519Verify(job),
    (job) => [job.publicKey, job.signature, job.message],
  ),
};

function remembered<Given, Answer extends Uint8Array | boolean | undefined>(
  act: (given: Given) => Answer,
  bytesOf: (given: Given) => readonly Uint8Array[],
): (given: Given) => Answer {
  const known = new Map<string, Answer>();
  return (given) => {
    const key = bytesOf(given).map(toHex).join('.');
    const found = known.get(key);
    if (found !== undefined) return found;
    const answer = act(given);
    if (known.size >= REMEMBERED_MAX) known.clear();
    known.set(key, answer);
    return answer;
  };
}
