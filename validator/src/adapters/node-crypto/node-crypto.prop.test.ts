import { concatBytes, fromHex } from '@chiavetta/protocol/bytes';
import type { Crypto, HmacHash } from '@chiavetta/protocol/ports';
import { nobleCrypto } from '@chiavetta/protocol/ports';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeCrypto } from './index.ts';

const both: readonly [Crypto, Crypto] = [nobleCrypto, nodeCrypto];
const bytes = (byteCount: number) => fc.uint8Array({ minLength: byteCount, maxLength: byteCount });
const data = fc.uint8Array({ maxLength: 300 });
const key = bytes(32);
const hash = fc.constantFrom<HmacHash>('sha1', 'sha256', 'sha512');
const bit = fc.nat(0xffff);

/** Runs one computation over both implementations: the same value, or a throw from both. */
function same(compute: (crypto: Crypto) => unknown): void {
  const [noble, node] = both.map((crypto) => outcome(() => compute(crypto)));
  expect(node).toEqual(noble);
}

function outcome(compute: () => unknown): unknown {
  try {
    return { value: compute() };
  } catch {
    return 'throws';
  }
}

describe('the two implementations of the crypto port agree on', () => {
  test('sha256, hmac and hmacSha256', () => {
    fc.assert(
      fc.property(hash, data, data, (name, secret, message) => {
        same((crypto) => crypto.sha256(message));
        same((crypto) => crypto.hmac(name, secret, message));
        same((crypto) => crypto.hmacSha256(secret, message));
      }),
    );
  });

  test('hkdfExtract and hkdfExpand, up to their limit and beyond it', () => {
    fc.assert(
      fc.property(data, data, fc.nat(200), (salt, info, byteCount) => {
        same((crypto) => crypto.hkdfExtract(salt, info));
        same((crypto) => crypto.hkdfExpand(crypto.hkdfExtract(salt, info), info));
        same((crypto) => crypto.hkdfExpand(crypto.hkdfExtract(salt, info), info, byteCount));
      }),
    );
    for (const byteCount of [8_159, 8_160, 8_161]) {
      same((crypto) => crypto.hkdfExpand(new Uint8Array(32), new Uint8Array(0), byteCount));
    }
  });

  test('pbkdf2Sha256', () => {
    fc.assert(
      fc.property(data, data, fc.integer({ min: 1, max: 20 }), (password, salt, iterations) => {
        same((crypto) => crypto.pbkdf2Sha256({ password, salt, iterations, byteCount: 40 }));
      }),
      { numRuns: 20 },
    );
  });

  test('aeadSeal and aeadOpen, with any bit flipped, any cut and any bytes', () => {
    fc.assert(
      fc.property(key, bytes(12), data, data, bit, (secret, nonce, aad, plaintext, flip) => {
        const context = { key: secret, nonce, aad };
        same((crypto) => crypto.aeadSeal({ ...context, plaintext }));
        const sealed = nobleCrypto.aeadSeal({ ...context, plaintext });
        expect(nodeCrypto.aeadOpen({ ...context, sealed })).toEqual(plaintext);
        expect(nobleCrypto.aeadOpen({ ...context, sealed })).toEqual(plaintext);
        for (const wrong of [flipped(sealed, flip), sealed.slice(1), sealed.slice(0, -1), plaintext]) {
          for (const crypto of both) expect(crypto.aeadOpen({ ...context, sealed: wrong })).toBeUndefined();
        }
        const otherAad = concatBytes(aad, Uint8Array.of(0));
        for (const crypto of both) {
          expect(crypto.aeadOpen({ ...context, aad: otherAad, sealed })).toBeUndefined();
        }
      }),
    );
  });

  test('x25519PublicKey and x25519, for any public key', () => {
    fc.assert(
      fc.property(key, key, (secret, publicKey) => {
        same((crypto) => crypto.x25519PublicKey(secret));
        same((crypto) => crypto.x25519({ secret, publicKey }));
      }),
    );
  });

  test('ed25519PublicKey, ed25519Sign and ed25519Verify, with any bit flipped', () => {
    fc.assert(
      fc.property(key, data, bit, (secret, message, flip) => {
        same((crypto) => crypto.ed25519PublicKey(secret));
        same((crypto) => crypto.ed25519Sign({ secret, message }));
        const publicKey = nobleCrypto.ed25519PublicKey(secret);
        const signature = nobleCrypto.ed25519Sign({ secret, message });
        for (const crypto of both) {
          expect(crypto.ed25519Verify({ publicKey, message, signature })).toBe(true);
          for (const wrong of [
            { publicKey, message, signature: flipped(signature, flip) },
            { publicKey: flipped(publicKey, flip), message, signature },
            { publicKey, message: concatBytes(message, Uint8Array.of(0)), signature },
            { publicKey: publicKey.slice(1), message, signature },
            { publicKey, message, signature: signature.slice(1) },
          ]) {
            expect(crypto.ed25519Verify(wrong)).toBe(false);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('a wrong size of a secret, key or nonce: our bug, so both throw', () => {
    for (const crypto of both) {
      const short = new Uint8Array(31);
      const context = { key: new Uint8Array(32), nonce: new Uint8Array(12), aad: short };
      expect(() => crypto.x25519PublicKey(short)).toThrow();
      expect(() => crypto.x25519({ secret: short, publicKey: new Uint8Array(32).fill(9) })).toThrow();
      expect(() => crypto.ed25519Sign({ secret: short, message: short })).toThrow();
      expect(() => crypto.aeadSeal({ ...context, key: short, plaintext: short })).toThrow();
      expect(() => crypto.aeadSeal({ ...context, nonce: short, plaintext: short })).toThrow();
      expect(() => crypto.aeadOpen({ ...context, nonce: short, sealed: short })).toThrow();
      expect(() => crypto.aeadOpen({ ...context, key: short, sealed: short })).toThrow();
    }
  });
});

describe.each([
  ['noble', nobleCrypto],
  ['node:crypto', nodeCrypto],
] as const)('the crypto port over %s', (_name, crypto) => {
  test('refuses every X25519 key whose result is all zero, and every key of a wrong size', () => {
    const secret = new Uint8Array(32).fill(0x77);
    for (const publicKey of LOW_ORDER_U.flatMap(bothTopBits)) {
      expect(crypto.x25519({ secret, publicKey })).toBeUndefined();
    }
    for (const byteCount of [0, 31, 33, 64]) {
      expect(crypto.x25519({ secret, publicKey: new Uint8Array(byteCount).fill(9) })).toBeUndefined();
    }
  });

  test('refuses an Ed25519 key of low order, under which one signature fits many messages', () => {
    // R = identity and S = 0 satisfy the equation for a key of order 1 and, for some messages, of order 2, 4 and 8.
    const signature = new Uint8Array(64);
    signature[0] = 1;
    for (const publicKey of LOW_ORDER_Y.flatMap(bothTopBits)) {
      for (let text = 0; text < 16; text += 1) {
        expect(crypto.ed25519Verify({ publicKey, message: Uint8Array.of(text), signature })).toBe(false);
      }
    }
  });

  test('refuses an Ed25519 signature whose S was raised by the group order', () => {
    const secret = new Uint8Array(32).fill(3);
    const message = Uint8Array.of(1);
    const publicKey = crypto.ed25519PublicKey(secret);
    const signature = crypto.ed25519Sign({ secret, message });
    let carry = 0;
    const order = hex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
    const raised = signature.slice();
    for (let index = 0; index < 32; index += 1) {
      const sum = (signature[32 + index] ?? 0) + (order[index] ?? 0) + carry;
      raised[32 + index] = sum & 0xff;
      carry = sum >> 8;
    }
    expect(crypto.ed25519Verify({ publicKey, message, signature })).toBe(true);
    expect(crypto.ed25519Verify({ publicKey, message, signature: raised })).toBe(false);
  });

  test('never keeps, changes or hands out the bytes it was given', () => {
    const given = new Uint8Array(64).fill(5);
    const secret = new Uint8Array(32).fill(6);
    const context = { key: secret, nonce: new Uint8Array(12), aad: given };
    const sealed = crypto.aeadSeal({ ...context, plaintext: given });
    const opened = crypto.aeadOpen({ ...context, sealed });
    crypto.ed25519Sign({ secret, message: given });
    crypto.x25519({ secret, publicKey: crypto.x25519PublicKey(secret) });
    expect(given).toEqual(new Uint8Array(64).fill(5));
    expect(secret).toEqual(new Uint8Array(32).fill(6));
    sealed.fill(0);
    expect(opened).toEqual(given);
  });
});

/** Points of low order on Curve25519 (u, little-endian), with the spellings above the prime. */
const LOW_ORDER_U = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
];

/** Points of low order on edwards25519 (y, little-endian), with the spellings above the prime. */
const LOW_ORDER_Y = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
];

function bothTopBits(text: string): readonly Uint8Array[] {
  const plain = hex(text);
  const signed = plain.slice();
  signed[31] = (signed[31] ?? 0) ^ 0x80;
  return [plain, signed];
}

function flipped(source: Uint8Array, position: number): Uint8Array {
  const copy = source.slice();
  const at = position % (copy.length * 8);
  copy[at >> 3] = (copy[at >> 3] ?? 0) ^ (1 << (at & 7));
  return copy;
}

function hex(text: string): Uint8Array {
  const read = fromHex(text);
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}
