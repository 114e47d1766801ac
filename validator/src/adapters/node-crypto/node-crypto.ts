import type { KeyObject } from 'node:crypto';
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  pbkdf2Sync,
  sign,
  verify,
} from 'node:crypto';
import { assert, concatBytes, u8 } from '@chiavetta/protocol/bytes';
import type { AeadContext, Crypto, HmacHash } from '@chiavetta/protocol/ports';
import { isStrictEd25519Point } from './strict-ed25519-point.ts';

const HASH_BYTES = 32;
const KEY_BYTES = 32;
const TAG_BYTES = 16;
const SIGNATURE_BYTES = 64;
const CIPHER = 'chacha20-poly1305';

type Curve = 'x25519' | 'ed25519';

/** DER headers that turn 32 raw bytes into the key formats that Node reads (RFC 8410). */
const SECRET_HEADER = {
  x25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
  ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
} as const;
const PUBLIC_HEADER = {
  x25519: Buffer.from('302a300506032b656e032100', 'hex'),
  ed25519: Buffer.from('302a300506032b6570032100', 'hex'),
} as const;

/** The `Crypto` port over OpenSSL: the same bytes as `nobleCrypto`, several times faster. For servers and long tests. */
export const nodeCrypto: Crypto = {
  sha256: (data) => bytesOf(createHash('sha256').update(data).digest()),
  hmac,
  hmacSha256: (key, data) => hmac('sha256', key, data),
  hkdfExtract: (salt, inputKey) => hmac('sha256', salt, inputKey),
  hkdfExpand: expand,
  pbkdf2Sha256: ({ password, salt, iterations, byteCount }) =>
    bytesOf(pbkdf2Sync(password, salt, iterations, byteCount, 'sha256')),
  aeadSeal: seal,
  aeadOpen: open,
  x25519PublicKey: (secret) => rawPublicKey('x25519', secret),
  x25519: ({ secret, publicKey }) => {
    const privateKey = secretKey('x25519', secret);
    if (publicKey.length !== KEY_BYTES) return undefined;
    const shared = answerOf(() => diffieHellman({ privateKey, publicKey: publicKeyOf('x25519', publicKey) }));
    return shared === undefined || shared.every((byte) => byte === 0) ? undefined : bytesOf(shared);
  },
  ed25519PublicKey: (secret) => rawPublicKey('ed25519', secret),
  ed25519Sign: ({ secret, message }) => bytesOf(sign(null, message, secretKey('ed25519', secret))),
  ed25519Verify: ({ publicKey, message, signature }) => {
    if (signature.length !== SIGNATURE_BYTES || !isStrictEd25519Point(publicKey)) return false;
    return answerOf(() => verify(null, message, publicKeyOf('ed25519', publicKey), signature)) ?? false;
  },
};

function hmac(hash: HmacHash, key: Uint8Array, data: Uint8Array): Uint8Array {
  return bytesOf(createHmac(hash, key).update(data).digest());
}

/** HKDF-Expand, RFC 5869 section 2.3; Node's `hkdfSync` always extracts first. */
function expand(pseudoRandomKey: Uint8Array, info: Uint8Array, byteCount = HASH_BYTES): Uint8Array {
  assert(byteCount <= 255 * HASH_BYTES, 'HKDF gives at most 255 hashes of bytes');
  let block: Uint8Array = new Uint8Array(0);
  const blocks: Uint8Array[] = [];
  for (let index = 1; (index - 1) * HASH_BYTES < byteCount; index += 1) {
    block = hmac('sha256', pseudoRandomKey, concatBytes(block, info, u8(index)));
    blocks.push(block);
  }
  return concatBytes(...blocks).slice(0, byteCount);
}

function seal({ key, nonce, aad, plaintext }: AeadContext & { readonly plaintext: Uint8Array }): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad, { plaintextLength: plaintext.length });
  return concatBytes(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

function open({
  key,
  nonce,
  aad,
  sealed,
}: AeadContext & { readonly sealed: Uint8Array }): Uint8Array | undefined {
  const plaintextBytes = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  if (plaintextBytes < 0) return undefined;
  decipher.setAAD(aad, { plaintextLength: plaintextBytes });
  decipher.setAuthTag(sealed.subarray(plaintextBytes));
  // Nothing of the plaintext leaves before `final` has checked the tag.
  return answerOf(() => concatBytes(decipher.update(sealed.subarray(0, plaintextBytes)), decipher.final()));
}

function rawPublicKey(curve: Curve, secret: Uint8Array): Uint8Array {
  const der = createPublicKey(secretKey(curve, secret)).export({ format: 'der', type: 'spki' });
  return bytesOf(der.subarray(PUBLIC_HEADER[curve].length));
}

function secretKey(curve: Curve, secret: Uint8Array): KeyObject {
  assert(secret.length === KEY_BYTES, 'a secret key has 32 bytes');
  const key = Buffer.concat([SECRET_HEADER[curve], secret]);
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  } finally {
    key.fill(0);
  }
}

function publicKeyOf(curve: Curve, publicKey: Uint8Array): KeyObject {
  return createPublicKey({
    key: Buffer.concat([PUBLIC_HEADER[curve], publicKey]),
    format: 'der',
    type: 'spki',
  });
}

/** A plain `Uint8Array` of its own memory: a `Buffer` may share a pool and compares differently in tests. */
function bytesOf(buffer: Uint8Array): Uint8Array {
  return Uint8Array.from(buffer);
}

/** OpenSSL reports a bad tag, point or signature by throwing; sizes were checked before, so that is all it says. */
function answerOf<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}
