import { describe, expect, test } from 'vitest';
import { nobleCrypto } from './index.ts';

const IDENTITY = Uint8Array.of(1, ...new Uint8Array(31));

describe('the crypto port over noble', () => {
  test('refuses an Ed25519 key of low order, under which one signature fits every message', () => {
    const signature = new Uint8Array(64);
    signature.set(IDENTITY);
    for (const message of [Uint8Array.of(1), Uint8Array.of(2)]) {
      expect(nobleCrypto.ed25519Verify({ publicKey: IDENTITY, message, signature })).toBe(false);
    }
  });

  test('refuses an X25519 key whose result is all zero', () => {
    const secret = new Uint8Array(32).fill(0x77);
    for (const publicKey of [new Uint8Array(32), IDENTITY, new Uint8Array(31), new Uint8Array(0)]) {
      expect(nobleCrypto.x25519({ secret, publicKey })).toBeUndefined();
    }
  });

  test('throws for a key of a wrong size: that is our bug, not a bad tag', () => {
    const short = new Uint8Array(31);
    const aead = { key: short, nonce: new Uint8Array(12), aad: short, sealed: short };
    expect(() => nobleCrypto.aeadOpen(aead)).toThrow('Invariant broken');
    expect(() => nobleCrypto.x25519({ secret: short, publicKey: IDENTITY })).toThrow('Invariant broken');
  });

  test('answers a sealed text shorter than its tag without a throw', () => {
    const context = { key: new Uint8Array(32), nonce: new Uint8Array(12), aad: new Uint8Array(0) };
    for (let byteCount = 0; byteCount < 17; byteCount += 1) {
      expect(nobleCrypto.aeadOpen({ ...context, sealed: new Uint8Array(byteCount) })).toBeUndefined();
    }
  });
});
