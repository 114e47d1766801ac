import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  sign,
  verify,
} from 'node:crypto';

/** Hexadecimal text: what docs/spec/otc.md prints. */
export type Hex = string;

const PKCS8 = { x25519: '302e020100300506032b656e04220420', ed25519: '302e020100300506032b657004220420' };
const SPKI_X25519 = '302a300506032b656e032100';
const SPKI_ED25519 = '302a300506032b6570032100';
const ZERO_NONCE = '00'.repeat(12);
const TAG_BYTES = 16;

export const bytes = (hex: Hex): Buffer => Buffer.from(hex, 'hex');
export const hex = (data: Uint8Array): Hex => Buffer.from(data).toString('hex');
/** The ASCII bytes of a label or text. */
export const ascii = (text: string): Hex => hex(Buffer.from(text, 'ascii'));
/** An integer of `byteCount` bytes, big-endian. */
export const uint = (value: number | bigint, byteCount: number): Hex =>
  BigInt(value)
    .toString(16)
    .padStart(2 * byteCount, '0');
/** A length byte, the text, and zeros up to `bytesMax`. */
export const text = (value: string, bytesMax: number): Hex =>
  (uint(value.length, 1) + ascii(value)).padEnd(2 * (bytesMax + 1), '0');

export const sha256 = (data: Hex): Hex => createHash('sha256').update(bytes(data)).digest('hex');
export const hmac = (key: Hex, data: Hex): Hex =>
  createHmac('sha256', bytes(key)).update(bytes(data)).digest('hex');
/** HKDF-Extract is one HMAC; HKDF-Expand to 32 bytes is one HMAC over info || 01. */
export const extract = (salt: Hex, inputKey: Hex): Hex => hmac(salt, inputKey);
export const expand = (pseudoRandomKey: Hex, info: Hex): Hex => hmac(pseudoRandomKey, `${info}01`);
export const xor = (a: Hex, b: Hex): Hex =>
  uint(BigInt(`0x${a}`) ^ BigInt(`0x${b.slice(0, a.length)}`), a.length / 2);
/** The first 8 bytes as an integer, mod 10^digits. */
export const dec = (mac: Hex, digits: number): string =>
  (BigInt(`0x${mac.slice(0, 16)}`) % 10n ** BigInt(digits)).toString().padStart(digits, '0');

export function x25519Public(secret: Hex): Hex {
  const key = createPrivateKey({ key: bytes(PKCS8.x25519 + secret), format: 'der', type: 'pkcs8' });
  return hex(createPublicKey(key).export({ format: 'der', type: 'spki' })).slice(SPKI_X25519.length);
}

export function x25519(secret: Hex, publicKey: Hex): Hex {
  const shared = diffieHellman({
    privateKey: createPrivateKey({ key: bytes(PKCS8.x25519 + secret), format: 'der', type: 'pkcs8' }),
    publicKey: createPublicKey({ key: bytes(SPKI_X25519 + publicKey), format: 'der', type: 'spki' }),
  });
  return hex(shared);
}

export function ed25519Sign(secret: Hex, message: Hex): Hex {
  const key = createPrivateKey({ key: bytes(PKCS8.ed25519 + secret), format: 'der', type: 'pkcs8' });
  return hex(sign(null, bytes(message), key));
}

export function ed25519Public(secret: Hex): Hex {
  const key = createPrivateKey({ key: bytes(PKCS8.ed25519 + secret), format: 'der', type: 'pkcs8' });
  return hex(createPublicKey(key).export({ format: 'der', type: 'spki' })).slice(SPKI_ED25519.length);
}

export function ed25519Verify(publicKey: Hex, message: Hex, signature: Hex): boolean {
  const key = createPublicKey({ key: bytes(SPKI_ED25519 + publicKey), format: 'der', type: 'spki' });
  return verify(null, bytes(message), key, bytes(signature));
}

/** ChaCha20-Poly1305, with the nonce of 12 zero bytes unless another is given: ciphertext and tag. */
export function seal(key: Hex, aad: Hex, plaintext: Hex, nonce: Hex = ZERO_NONCE): Hex {
  const cipher = createCipheriv('chacha20-poly1305', bytes(key), bytes(nonce), {
    authTagLength: TAG_BYTES,
  });
  const plaintextLength = plaintext.length / 2;
  cipher.setAAD(bytes(aad), { plaintextLength });
  const ciphertext = Buffer.concat([cipher.update(bytes(plaintext)), cipher.final()]);
  return hex(Buffer.concat([ciphertext, cipher.getAuthTag()]));
}

/** The plaintext; throws if the tag is wrong. */
export function open(key: Hex, aad: Hex, sealed: Hex, nonce: Hex = ZERO_NONCE): Hex {
  const data = bytes(sealed);
  const ciphertext = data.subarray(0, -TAG_BYTES);
  const decipher = createDecipheriv('chacha20-poly1305', bytes(key), bytes(nonce), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(bytes(aad), { plaintextLength: ciphertext.length });
  decipher.setAuthTag(data.subarray(-TAG_BYTES));
  return hex(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
}
