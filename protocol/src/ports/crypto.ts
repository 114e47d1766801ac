/** Hash functions that an HMAC-based one-time code may name. */
export type HmacHash = 'sha1' | 'sha256' | 'sha512';

/** Key, nonce and associated data of one AEAD call: ChaCha20-Poly1305, RFC 8439. */
export type AeadContext = {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 12 bytes, never used twice with one key. */
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
};

/**
 * The cryptographic primitives that everything here is composed of. Pure: the same arguments give the same bytes.
 * Sizes of keys, nonces and salts are fixed by the caller's protocol; a wrong size is our bug and throws.
 */
export interface Crypto {
  /** SHA-256, 32 bytes (FIPS 180-4). */
  readonly sha256: (data: Uint8Array) => Uint8Array;
  /** HMAC (RFC 2104) of the size of its hash: 20, 32 or 64 bytes. */
  readonly hmac: (hash: HmacHash, key: Uint8Array, data: Uint8Array) => Uint8Array;
  /** HMAC-SHA-256, 32 bytes. */
  readonly hmacSha256: (key: Uint8Array, data: Uint8Array) => Uint8Array;
  /** HKDF-Extract with SHA-256 (RFC 5869 section 2.2): 32 bytes. */
  readonly hkdfExtract: (salt: Uint8Array, inputKey: Uint8Array) => Uint8Array;
  /** HKDF-Expand with SHA-256 (RFC 5869 section 2.3); 32 bytes unless told, at most 8,160. */
  readonly hkdfExpand: (pseudoRandomKey: Uint8Array, info: Uint8Array, byteCount?: number) => Uint8Array;
  /** PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2). */
  readonly pbkdf2Sha256: (options: {
    readonly password: Uint8Array;
    readonly salt: Uint8Array;
    readonly iterations: number;
    readonly byteCount: number;
  }) => Uint8Array;
  /** The ciphertext followed by the 16-byte tag. */
  readonly aeadSeal: (options: AeadContext & { readonly plaintext: Uint8Array }) => Uint8Array;
  /** The plaintext, or `undefined` for every input that was not sealed under this context, however short. */
  readonly aeadOpen: (options: AeadContext & { readonly sealed: Uint8Array }) => Uint8Array | undefined;
  /** The X25519 public key of a 32-byte secret (RFC 7748). */
  readonly x25519PublicKey: (secret: Uint8Array) => Uint8Array;
  /**
   * The X25519 shared secret, or `undefined` when the public key is not 32 bytes or the result is all zero
   * (RFC 7748 section 6.1: a point of low order would let a stranger choose the secret).
   */
  readonly x25519: (options: {
    readonly secret: Uint8Array;
    readonly publicKey: Uint8Array;
  }) => Uint8Array | undefined;
  /** The Ed25519 public key of a 32-byte secret (RFC 8032). */
  readonly ed25519PublicKey: (secret: Uint8Array) => Uint8Array;
  /** A 64-byte Ed25519 signature. */
  readonly ed25519Sign: (options: {
    readonly secret: Uint8Array;
    readonly message: Uint8Array;
  }) => Uint8Array;
  /**
   * Whether the signature holds. Any malformed key or signature is `false`, never a throw; so is a public key of
   * low order, under which one signature would fit many messages.
   */
  readonly ed25519Verify: (options: {
    readonly publicKey: Uint8Array;
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
  }) => boolean;
}
