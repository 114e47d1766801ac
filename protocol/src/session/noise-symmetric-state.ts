import { asciiBytes, assert, concatBytes, u8 } from '../bytes/index.ts';
import type { Crypto } from '../ports/index.ts';

/** `SymmetricState` of the Noise specification (revision 34, section 5.2), as plain data. */
export type SymmetricState = {
  /** Chaining key, 32 bytes. */
  readonly ck: Uint8Array;
  /** Handshake hash so far, 32 bytes. */
  readonly h: Uint8Array;
  /** Absent until the first MixKey: messages are then not encrypted. */
  readonly key?: Uint8Array;
  readonly nonce: number;
};

/** The name that fixes every choice of the handshake; exactly 32 bytes, so it is the first `h` unhashed. */
export const NOISE_PROTOCOL_NAME = 'Noise_XX_25519_ChaChaPoly_SHA256';

const NOTHING = new Uint8Array(0);

/** InitializeSymmetric, then MixHash(prologue). */
export function symmetricStart(crypto: Crypto, prologue: Uint8Array): SymmetricState {
  const name = asciiBytes(NOISE_PROTOCOL_NAME);
  assert(name.length === 32, 'the protocol name fills one hash');
  return mixHash(crypto, { ck: name, h: name, nonce: 0 }, prologue);
}

export function mixHash(crypto: Crypto, state: SymmetricState, data: Uint8Array): SymmetricState {
  return { ...state, h: crypto.sha256(concatBytes(state.h, data)) };
}

export function mixKey(crypto: Crypto, state: SymmetricState, inputKey: Uint8Array): SymmetricState {
  const [ck, key] = noiseHkdf(crypto, state.ck, inputKey);
  return { ck, key, nonce: 0, h: state.h };
}

export function encryptAndHash(
  crypto: Crypto,
  state: SymmetricState,
  plaintext: Uint8Array,
): { readonly state: SymmetricState; readonly bytes: Uint8Array } {
  const { key } = state;
  if (key === undefined) return { state: mixHash(crypto, state, plaintext), bytes: plaintext };
  const bytes = crypto.aeadSeal({ key, nonce: noiseNonce(state.nonce), aad: state.h, plaintext });
  return { state: { ...mixHash(crypto, state, bytes), nonce: state.nonce + 1 }, bytes };
}

/** `undefined` when the tag does not hold. */
export function decryptAndHash(
  crypto: Crypto,
  state: SymmetricState,
  bytes: Uint8Array,
): { readonly state: SymmetricState; readonly plaintext: Uint8Array } | undefined {
  const { key } = state;
  if (key === undefined) return { state: mixHash(crypto, state, bytes), plaintext: bytes.slice() };
  const plaintext = crypto.aeadOpen({ key, nonce: noiseNonce(state.nonce), aad: state.h, sealed: bytes });
  if (plaintext === undefined) return undefined;
  return { state: { ...mixHash(crypto, state, bytes), nonce: state.nonce + 1 }, plaintext };
}

/**
 * The three keys at the end: `HKDF(ck, zerolen, 3)`. Outputs 1 and 2 are exactly those of Split; output 3 is the
 * exporter. The PC between the two ends sees every byte that enters `h`, and none that enters `ck`.
 */
export function splitThree(
  crypto: Crypto,
  state: SymmetricState,
): {
  readonly initiatorKey: Uint8Array;
  readonly responderKey: Uint8Array;
  readonly exporter: Uint8Array;
} {
  const [initiatorKey, responderKey, exporter] = noiseHkdf(crypto, state.ck, NOTHING);
  return { initiatorKey, responderKey, exporter };
}

/** 32 zero bits, then the counter as 64 bits little-endian: ChaChaPoly of the Noise specification, section 12.3. */
export function noiseNonce(counter: number): Uint8Array {
  const bytes = new Uint8Array(12);
  new DataView(bytes.buffer).setBigUint64(4, BigInt(counter), true);
  return bytes;
}

/** Noise's HKDF (section 4.3): HKDF of RFC 5869 with empty info; a shorter output is the start of a longer one. */
function noiseHkdf(
  crypto: Crypto,
  ck: Uint8Array,
  inputKey: Uint8Array,
): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const temp = crypto.hkdfExtract(ck, inputKey);
  const first = crypto.hmacSha256(temp, u8(1));
  const second = crypto.hmacSha256(temp, concatBytes(first, u8(2)));
  return [first, second, crypto.hmacSha256(temp, concatBytes(second, u8(3)))];
}
