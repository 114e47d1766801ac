import { concatBytes, u8, u64 } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import { decDigits } from './dec-digits.ts';
import { LABELS } from './labels.ts';

/** "No prekey": PK_i is 32 zero bytes in the salt and the third Diffie-Hellman is left out. */
export const NO_PREKEY_ID = 255;

/** What both sides keep of a pairing until its generation is promoted. All secret. */
export type PairingKeys = {
  readonly generation: number;
  /** 32 bytes: opens PAIR2 together with code10, and makes code6. Erased when the generation is promoted. */
  readonly kRoot: Uint8Array;
  /** 32 bytes: masks the counters of this generation. */
  readonly kHdr: Uint8Array;
  /** 32 bytes: CK_0. */
  readonly ck0: Uint8Array;
  /** 32 bytes: the response secret M. */
  readonly m: Uint8Array;
};

/** The public half of a pairing, the same on both sides. Keys are 32 bytes each. */
export type PairingPublics = {
  readonly serial: bigint;
  /** D, the token's X25519 public key. */
  readonly deviceKey: Uint8Array;
  /** S, the validator's pairing static. */
  readonly serverKey: Uint8Array;
  /** E, this attempt's ephemeral public key. */
  readonly ephemeralKey: Uint8Array;
};

/**
 * The two or three Diffie-Hellman results of one side. `undefined` inside is not allowed here: the callers refuse
 * all-zero results first.
 */
export type PairingSecrets = {
  /** X25519(e, D) = X25519(d, E). */
  readonly ephemeralStatic: Uint8Array;
  /** X25519(s, D) = X25519(d, S). */
  readonly staticStatic: Uint8Array;
};

/** k_m, the mask key of a PAIR1: it needs no prekey, because the prekey id stands behind it. docs/spec/otc.md §5. */
export function pairMaskKey(crypto: Crypto, publics: PairingPublics, secrets: PairingSecrets): Uint8Array {
  const salt = crypto.sha256(
    concatBytes(LABELS.pairMaskSalt, publics.ephemeralKey, publics.serverKey, publics.deviceKey),
  );
  const prk = crypto.hkdfExtract(salt, concatBytes(secrets.ephemeralStatic, secrets.staticStatic));
  return crypto.hkdfExpand(prk, LABELS.pairHeader);
}

/** PRK of a pairing. `prekey`: PK_i and X25519(e, PK_i), or `undefined` for none. `header`: 19 bytes as sent. */
export function pairingPrk(
  crypto: Crypto,
  job: {
    readonly publics: PairingPublics;
    readonly secrets: PairingSecrets;
    readonly prekey: { readonly publicKey: Uint8Array; readonly shared: Uint8Array } | undefined;
    readonly header: Uint8Array;
  },
): Uint8Array {
  const { serial, deviceKey, serverKey, ephemeralKey } = job.publics;
  const prekeyPublic = job.prekey?.publicKey ?? new Uint8Array(32);
  const salt = crypto.sha256(
    concatBytes(LABELS.pairSalt, u64(serial), deviceKey, serverKey, ephemeralKey, prekeyPublic, job.header),
  );
  const third = job.prekey?.shared ?? new Uint8Array(0);
  return crypto.hkdfExtract(salt, concatBytes(job.secrets.ephemeralStatic, job.secrets.staticStatic, third));
}

/** k_p1, the AEAD key of a PAIR1. */
export function pair1Key(crypto: Crypto, prk: Uint8Array): Uint8Array {
  return crypto.hkdfExpand(prk, LABELS.pair1Aead);
}

/** The keys of a new generation. Slot and generation are in the label, so no two slots ever share a chain. */
export function derivePairing(
  crypto: Crypto,
  job: { readonly prk: Uint8Array; readonly slot: number; readonly generation: number },
): PairingKeys {
  const kRoot = crypto.hkdfExpand(job.prk, concatBytes(LABELS.root, u8(job.slot), u8(job.generation)));
  return {
    generation: job.generation,
    kRoot,
    kHdr: crypto.hkdfExpand(kRoot, LABELS.header),
    ck0: crypto.hkdfExpand(kRoot, LABELS.chain),
    m: crypto.hkdfExpand(kRoot, LABELS.responseSecret),
  };
}

/** The 10 digits that prove to the server which token opened the PAIR1. `plaintext` includes its pad. */
export function code10(
  crypto: Crypto,
  job: { readonly prk: Uint8Array; readonly pair1: Uint8Array; readonly plaintext: Uint8Array },
): string {
  const key = crypto.hkdfExpand(job.prk, LABELS.code10);
  return decDigits(crypto.hmacSha256(key, concatBytes(crypto.sha256(job.pair1), job.plaintext)), 10);
}

/** The 6 digits that end a pairing. `pair2`: the whole second payload. */
export function code6Pair(
  crypto: Crypto,
  job: { readonly kRoot: Uint8Array; readonly pair2: Uint8Array },
): string {
  const key = crypto.hkdfExpand(job.kRoot, LABELS.code6Pair);
  return decDigits(crypto.hmacSha256(key, crypto.sha256(job.pair2)), 6);
}
