import { toHex } from '@chiavetta/protocol/bytes';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import { nodeCrypto } from '@chiavetta/validator/node-crypto';
import { describe, expect, test } from 'vitest';
import { hexBytes, readVectors } from './vector-file.ts';

type HkdfVector = {
  readonly name: string;
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly byteCount: number;
  readonly prk: string;
  readonly okm: string;
};
type X25519Vectors = {
  readonly products: readonly {
    readonly secret: string;
    readonly publicKey: string;
    readonly shared: string;
  }[];
  readonly iterated: readonly { readonly iterations: number; readonly shared: string }[];
  readonly agreement: Record<'aliceSecret' | 'alicePublic' | 'bobSecret' | 'bobPublic' | 'shared', string>;
};
type Ed25519Vector = Record<'secret' | 'publicKey' | 'message' | 'signature', string>;
type AeadVector = Record<'name' | 'key' | 'nonce' | 'aad' | 'plaintext' | 'sealed', string>;

const hkdf = readVectors<{ readonly vectors: readonly HkdfVector[] }>('hkdf-sha256-rfc5869.json').vectors;
const x25519 = readVectors<X25519Vectors>('x25519-rfc7748.json');
const ed25519 = readVectors<{ readonly vectors: readonly Ed25519Vector[] }>('ed25519-rfc8032.json').vectors;
const aead = readVectors<{ readonly vectors: readonly AeadVector[] }>(
  'chacha20-poly1305-rfc8439.json',
).vectors;

describe.each([
  ['noble', nobleCrypto],
  ['node:crypto', nodeCrypto],
] as const)('the crypto port over %s gives the numbers of', (_name, crypto) => {
  test.each(hkdf)('RFC 5869 appendix $name (HKDF)', ({ ikm, salt, info, byteCount, prk, okm }) => {
    const extracted = crypto.hkdfExtract(hexBytes(salt), hexBytes(ikm));
    expect(toHex(extracted)).toBe(prk);
    expect(toHex(crypto.hkdfExpand(extracted, hexBytes(info), byteCount))).toBe(okm);
  });

  test.each(x25519.products)('RFC 7748 section 5.2 (X25519 $secret)', ({ secret, publicKey, shared }) => {
    const found = crypto.x25519({ secret: hexBytes(secret), publicKey: hexBytes(publicKey) });
    expect(found && toHex(found)).toBe(shared);
  });

  test.each(x25519.iterated)('RFC 7748 section 5.2 after $iterations rounds', ({ iterations, shared }) => {
    let secret = hexBytes(`09${'00'.repeat(31)}`);
    let publicKey = secret;
    for (let round = 0; round < iterations; round += 1) {
      const next = crypto.x25519({ secret, publicKey });
      if (next === undefined) throw new Error('a round gave zeros');
      publicKey = secret;
      secret = next;
    }
    expect(toHex(secret)).toBe(shared);
  });

  test('RFC 7748 section 6.1 (X25519 agreement, both sides)', () => {
    const { aliceSecret, alicePublic, bobSecret, bobPublic, shared } = x25519.agreement;
    expect(toHex(crypto.x25519PublicKey(hexBytes(aliceSecret)))).toBe(alicePublic);
    expect(toHex(crypto.x25519PublicKey(hexBytes(bobSecret)))).toBe(bobPublic);
    const here = crypto.x25519({ secret: hexBytes(aliceSecret), publicKey: hexBytes(bobPublic) });
    const there = crypto.x25519({ secret: hexBytes(bobSecret), publicKey: hexBytes(alicePublic) });
    expect(here && toHex(here)).toBe(shared);
    expect(there && toHex(there)).toBe(shared);
  });

  test.each(ed25519)('RFC 8032 section 7.1 (Ed25519 over "$message")', (vector) => {
    const [secret, message] = [hexBytes(vector.secret), hexBytes(vector.message)];
    const [publicKey, signature] = [hexBytes(vector.publicKey), hexBytes(vector.signature)];
    expect(toHex(crypto.ed25519PublicKey(secret))).toBe(vector.publicKey);
    expect(toHex(crypto.ed25519Sign({ secret, message }))).toBe(vector.signature);
    expect(crypto.ed25519Verify({ publicKey, message, signature })).toBe(true);
    expect(crypto.ed25519Verify({ publicKey, message: Uint8Array.of(1, 2, 3), signature })).toBe(false);
  });

  test.each(aead)('RFC 8439 $name (ChaCha20-Poly1305)', (vector) => {
    const context = { key: hexBytes(vector.key), nonce: hexBytes(vector.nonce), aad: hexBytes(vector.aad) };
    expect(toHex(crypto.aeadSeal({ ...context, plaintext: hexBytes(vector.plaintext) }))).toBe(vector.sealed);
    const opened = crypto.aeadOpen({ ...context, sealed: hexBytes(vector.sealed) });
    expect(opened && toHex(opened)).toBe(vector.plaintext);
  });
});
