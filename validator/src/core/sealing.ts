import { asciiBytes, concatBytes, u8, u32, u64 } from '@chiavetta/protocol/bytes';
import type { Crypto } from '@chiavetta/protocol/ports';
import type { ChallengeRecord, ChallengeState } from './challenge-record.ts';
import type { SecretPlace } from './secret-places.ts';
import { mapChallengeSecret, mapTokenSecrets } from './secret-places.ts';
import type { OpenSecret, SealedSecret, TokenRecord, TokenState } from './token-record.ts';

const RECORD_LABEL = asciiBytes('otc/v1 rec');
const HEDGE_LABEL = asciiBytes('rec');
const NONCE_BYTES = 12;

/** What seals records: the key encryption key and the key that hedges against bad randomness, 32 bytes each. */
export type SealingKeys = { readonly kek: Uint8Array; readonly hedgeKey: Uint8Array };

type Sealing = {
  readonly crypto: Crypto;
  readonly keys: SealingKeys;
  /** The version that the row has in the store once it is written, or had when it was read. */
  readonly version: number;
};

/**
 * The row of a token with each secret sealed under the KEK. `entropy`: 32 fresh random bytes for this one row.
 * docs/spec/validation.md, "Secrets at rest".
 */
export function sealToken(
  job: Sealing & { readonly token: TokenState; readonly entropy: Uint8Array },
): TokenRecord {
  let index = 0;
  return mapTokenSecrets(job.token, (secret: OpenSecret, place) =>
    seal({ ...job, place, index: index++, plaintext: secret.bytes }),
  );
}

/** A token with its secrets open, or `undefined` when a secret is not the one sealed for this row: swapped or edited. */
export function openToken(job: Sealing & { readonly record: TokenRecord }): TokenState | undefined {
  let damaged = false;
  const token = mapTokenSecrets(job.record, (secret: SealedSecret, place): OpenSecret => {
    const bytes = open({ ...job, place, sealed: secret.sealed });
    if (bytes === undefined) damaged = true;
    return { bytes: bytes ?? new Uint8Array(0) };
  });
  return damaged ? undefined : token;
}

/** The row of a challenge with its secret sealed. `entropy`: 32 fresh random bytes for this one row. */
export function sealChallenge(
  job: Sealing & { readonly challenge: ChallengeState; readonly entropy: Uint8Array },
): ChallengeRecord {
  return mapChallengeSecret(job.challenge, (secret: OpenSecret, place) =>
    seal({ ...job, place, index: 0, plaintext: secret.bytes }),
  );
}

/** A challenge with its secret open, or `undefined` when the secret is not the one sealed for this row. */
export function openChallenge(
  job: Sealing & { readonly record: ChallengeRecord },
): ChallengeState | undefined {
  let damaged = false;
  const challenge = mapChallengeSecret(job.record, (secret: SealedSecret, place): OpenSecret => {
    const bytes = open({ ...job, place, sealed: secret.sealed });
    if (bytes === undefined) damaged = true;
    return { bytes: bytes ?? new Uint8Array(0) };
  });
  return damaged ? undefined : challenge;
}

/**
 * A secret under the KEK: nonce, ciphertext and tag. `hedge`: fresh random bytes, and what tells this secret from others
 * that are sealed with the same ones.
 */
export function sealUnder(job: {
  readonly crypto: Crypto;
  readonly keys: SealingKeys;
  readonly aad: Uint8Array;
  readonly hedge: Uint8Array;
  readonly plaintext: Uint8Array;
}): Uint8Array {
  const { crypto, keys, aad, hedge, plaintext } = job;
  // Hedged: a random number generator that repeats itself (a restored machine) gives no nonce twice for two plaintexts.
  const material = concatBytes(HEDGE_LABEL, aad, hedge, plaintext);
  const nonce = crypto.hmacSha256(keys.hedgeKey, material).slice(0, NONCE_BYTES);
  return concatBytes(nonce, crypto.aeadSeal({ key: keys.kek, nonce, aad, plaintext }));
}

/** What `sealUnder` sealed, or `undefined` when it was not sealed for this place. */
export function openUnder(job: {
  readonly crypto: Crypto;
  readonly keys: Pick<SealingKeys, 'kek'>;
  readonly aad: Uint8Array;
  readonly sealed: Uint8Array;
}): Uint8Array | undefined {
  const { crypto, keys, aad, sealed } = job;
  if (sealed.length < NONCE_BYTES) return undefined;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  return crypto.aeadOpen({ key: keys.kek, nonce, aad, sealed: sealed.subarray(NONCE_BYTES) });
}

function seal(
  job: Sealing & {
    readonly place: SecretPlace;
    readonly index: number;
    readonly plaintext: Uint8Array;
    readonly entropy: Uint8Array;
  },
): SealedSecret {
  const { crypto, keys, plaintext } = job;
  const aad = associatedData(job.place, job.version);
  const hedge = concatBytes(job.entropy, u32(job.index));
  return { sealed: sealUnder({ crypto, keys, aad, hedge, plaintext }) };
}

function open(
  job: Sealing & { readonly place: SecretPlace; readonly sealed: Uint8Array },
): Uint8Array | undefined {
  const { crypto, keys, sealed } = job;
  return openUnder({ crypto, keys, aad: associatedData(job.place, job.version), sealed });
}

/** Binds a secret to its row and to this version of it, so that a swapped or rolled-back row does not open. */
function associatedData(place: SecretPlace, version: number): Uint8Array {
  const user = asciiBytes(place.user);
  return concatBytes(
    RECORD_LABEL,
    u8(place.kind),
    u64(BigInt(place.serial)),
    u8(user.length),
    user,
    u8(place.slot),
    u8(place.generation),
    u32(version),
    u32(place.seedEpoch),
    u32(place.storeEpoch),
  );
}
