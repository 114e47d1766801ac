import type { Manifest, TokenSerial } from '@chiavetta/protocol/keys';
import { signManifest, tokenSerial } from '@chiavetta/protocol/keys';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeCrypto as crypto } from '../../adapters/node-crypto/index.ts';
import { readManifest } from './import-manifest.ts';

const makers = [1, 2, 3].map((byte) => {
  const secret = new Uint8Array(32).fill(byte);
  return { secret, publicKey: crypto.ed25519PublicKey(secret) };
});
const known = makers.slice(0, 2);
const makerRoots = known.map(({ publicKey }) => publicKey);

const u32 = fc.nat(0xffff_ffff);
const serials: fc.Arbitrary<TokenSerial> = fc.bigInt({ min: 1n, max: 999_999_999_999n }).map((value) => {
  const serial = tokenSerial(value);
  if (!serial.ok) throw new Error(serial.error.code);
  return serial.value;
});
const entries = fc
  .uniqueArray(
    fc.record({ serial: serials, certificateHash: fc.uint8Array({ minLength: 16, maxLength: 16 }) }),
    { selector: ({ serial }) => serial, maxLength: 4 },
  )
  // Each hash is its own: it ends in the entry's place.
  .map((list) => list.toSorted((left, right) => (left.serial < right.serial ? -1 : 1)))
  .map((list) =>
    list.map((one, index) => ({
      ...one,
      certificateHash: Uint8Array.of(...one.certificateHash.slice(1), index),
    })),
  );
const manifests: fc.Arbitrary<Manifest> = fc.record({
  makerId: u32,
  manifestId: u32,
  issuedAt: u32,
  entries,
});

function signedBy(maker: { readonly secret: Uint8Array } | undefined, manifest: Manifest): Uint8Array {
  if (maker === undefined) throw new Error('no maker');
  return signManifest({ crypto, makerSecret: maker.secret, manifest });
}

const read = (manifest: Uint8Array) => readManifest(crypto, { manifest, makerRoots });

describe('a manifest that is taken into stock', () => {
  test('is read as it was signed by any configured maker, and by no other', () => {
    fc.assert(
      fc.property(manifests, fc.nat(1), (manifest, which) => {
        expect(read(signedBy(known[which], manifest))).toEqual({ ok: true, value: manifest });
        expect(read(signedBy(makers[2], manifest)).ok).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  test('is refused with any bit flipped, at any truncation and with a byte too many', () => {
    const [manifest] = fc.sample(
      manifests.filter((one) => one.entries.length > 1),
      1,
    );
    if (manifest === undefined) throw new Error('no sample');
    const signed = signedBy(known[1], manifest);
    for (let bit = 0; bit < signed.length * 8; bit += 1) {
      const flipped = signed.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(read(flipped).ok, `bit ${bit}`).toBe(false);
    }
    for (let byteCount = 0; byteCount < signed.length; byteCount += 1) {
      expect(read(signed.slice(0, byteCount)).ok).toBe(false);
    }
    expect(read(Uint8Array.of(...signed, 0)).ok).toBe(false);
  });

  test('is refused when it names one certificate for two serials', () => {
    fc.assert(
      fc.property(manifests, (manifest) => {
        const [first, second] = manifest.entries;
        if (first === undefined || second === undefined) return;
        const twice = { ...second, certificateHash: first.certificateHash };
        const changed = [first, twice, ...manifest.entries.slice(2)];
        expect(read(signedBy(known[0], { ...manifest, entries: changed })).ok).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  test('gets an answer whatever the bytes, in words that quote none of them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 250 }), (any) => {
        const answer = read(any);
        expect(answer.ok).toBe(false);
        expect(JSON.stringify(answer)).toMatch(/^[\x20-\x7e]{1,200}$/);
      }),
    );
  });
});
