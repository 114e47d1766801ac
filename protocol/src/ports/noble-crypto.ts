import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { assert } from '../bytes/index.ts';
import type { Crypto } from './crypto.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SIGNATURE_BYTES = 64;

const HASHES = { sha1, sha256, sha512 } as const;

/** The primitives from `@noble/*`: pure TypeScript, no platform behind it. The default everywhere. */
export const nobleCrypto: Crypto = {
  sha256: (data) => sha256(data),
  hmac: (hash, key, data) => hmac(HASHES[hash], key, data),
  hmacSha256: (key, data) => hmac(sha256, key, data),
  hkdfExtract: (salt, inputKey) => extract(sha256, inputKey, salt),
  hkdfExpand: (pseudoRandomKey, info, byteCount = 32) => expand(sha256, pseudoRandomKey, info, byteCount),
  pbkdf2Sha256: ({ password, salt, iterations, byteCount }) =>
    pbkdf2(sha256, password, salt, { c: iterations, dkLen: byteCount }),
  aeadSeal: ({ key, nonce, aad, plaintext }) => chacha20poly1305(key, nonce, aad).encrypt(plaintext),
  aeadOpen: ({ key, nonce, aad, sealed }) => {
    // The library checks some sizes only while it decrypts, where a throw would pass for a bad tag.
    assert(key.length === KEY_BYTES && nonce.length === NONCE_BYTES, 'an AEAD key has 32 bytes, a nonce 12');
    const cipher = chacha20poly1305(key, nonce, aad);
    if (sealed.length < TAG_BYTES) return undefined;
    return answerOf(() => cipher.decrypt(sealed));
  },
  x25519PublicKey: (secret) => x25519.getPublicKey(secret),
  x25519: ({ secret, publicKey }) => {
    assert(secret.length === KEY_BYTES, 'a secret key has 32 bytes');
    if (publicKey.length !== KEY_BYTES) return undefined;
    return answerOf(() => x25519.getSharedSecret(secret, publicKey));
  },
  ed25519PublicKey: (secret) => ed25519.getPublicKey(secret),
  ed25519Sign: ({ secret, message }) => ed25519.sign(message, secret),
  ed25519Verify: ({ publicKey, message, signature }) => {
    if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
    // Strict RFC 8032 decoding: the ZIP 215 rules would accept several spellings of one key.
    return answerOf(() => ed25519.verify(signature, message, publicKey, { zip215: false })) ?? false;
  },
};

/** The libraries report a bad tag, point or signature by throwing; sizes were checked before, so that is all it says. */
function answerOf<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}
