import type { Result } from '../bytes/index.ts';
import { assert, concatBytes, err, ok, u8, u64 } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';
import { LABELS } from './labels.ts';

/** Prekeys made at each BIND, RESET or REKEY. */
export const PREKEY_COUNT = 8;
/** Running numbers are 0 to 254; after 254 comes 0, and 255 means "none". */
export const PREKEY_ID_MODULUS = 255;

/** What travels from the token to the validator: the fields of READY in docs/spec/wire.md. */
export type PrekeyBlock = {
  readonly firstId: number;
  /** Eight public keys of 32 bytes, in the order of making: 256 bytes. */
  readonly publics: Uint8Array;
  /** Ed25519 over "otc/v1 prekeys" || serial u64 || first id || publics, 64 bytes. */
  readonly signature: Uint8Array;
};

/** A prekey as the validator holds it. */
export type PublicPrekey = { readonly id: number; readonly publicKey: Uint8Array };
/** A prekey as the token holds it. */
export type SecretPrekey = { readonly id: number; readonly secret: Uint8Array };

/** Why a prekey block is refused. */
export type PrekeyError = { readonly code: 'prekey_shape' } | { readonly code: 'prekey_signature' };

/** The number `count` places after `id`. */
export function prekeyIdAfter(id: number, count: number): number {
  return (id + count) % PREKEY_ID_MODULUS;
}

/** Signs a block of eight prekeys; `secrets` are the fresh X25519 secrets in the order of making. */
export function signPrekeys(
  crypto: Crypto,
  job: {
    readonly identitySecret: Uint8Array;
    readonly serial: bigint;
    readonly firstId: number;
    readonly secrets: readonly Uint8Array[];
  },
): PrekeyBlock {
  assert(job.secrets.length === PREKEY_COUNT, 'a block has eight prekeys');
  assert(job.firstId >= 0 && job.firstId < PREKEY_ID_MODULUS, 'a prekey number is 0 to 254');
  const publics = concatBytes(...job.secrets.map((secret) => crypto.x25519PublicKey(secret)));
  const message = signedBytes({ serial: job.serial, firstId: job.firstId, publics });
  return {
    firstId: job.firstId,
    publics,
    signature: crypto.ed25519Sign({ secret: job.identitySecret, message }),
  };
}

/** The eight prekeys of a block, oldest first, if the token with this identity key made them. Total. */
export function verifyPrekeys(
  crypto: Crypto,
  job: { readonly identityKey: Uint8Array; readonly serial: bigint; readonly block: PrekeyBlock },
): Result<readonly PublicPrekey[], PrekeyError> {
  const { firstId, publics, signature } = job.block;
  const isShaped =
    Number.isInteger(firstId) &&
    firstId >= 0 &&
    firstId < PREKEY_ID_MODULUS &&
    publics.length === PREKEY_COUNT * 32 &&
    signature.length === 64;
  if (!isShaped) return err({ code: 'prekey_shape' });
  const message = signedBytes({ serial: job.serial, firstId, publics });
  if (!crypto.ed25519Verify({ publicKey: job.identityKey, message, signature })) {
    return err({ code: 'prekey_signature' });
  }
  return ok(
    Array.from({ length: PREKEY_COUNT }, (_, index) => ({
      id: prekeyIdAfter(firstId, index),
      publicKey: publics.slice(index * 32, index * 32 + 32),
    })),
  );
}

/**
 * What is left once the prekey `usedId` was opened: it and all made before it go. `prekeys` are in the order of
 * making. With 255 nothing goes.
 */
export function prekeysLeft<P extends { readonly id: number }>(
  prekeys: readonly P[],
  usedId: number,
): readonly P[] {
  const index = prekeys.findIndex((prekey) => prekey.id === usedId);
  return prekeys.slice(index + 1);
}

function signedBytes(block: {
  readonly serial: bigint;
  readonly firstId: number;
  readonly publics: Uint8Array;
}): Uint8Array {
  return concatBytes(LABELS.prekeys, u64(block.serial), u8(block.firstId), block.publics);
}
