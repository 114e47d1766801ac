import { toHex } from '@chiavetta/protocol/bytes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GenerationSecrets, PairingSecrets } from './generation-secrets.ts';
import {
  PAIRING_SECRET_BYTES,
  packGeneration,
  packPairing,
  unpackGeneration,
  unpackPairing,
} from './generation-secrets.ts';

const GENERATION_BYTES = 96;

const bytes = (byteCount: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: byteCount, maxLength: byteCount });
const generations: fc.Arbitrary<GenerationSecrets> = fc.record({
  ck: bytes(32),
  m: bytes(32),
  kHdr: bytes(32),
});
const pairings: fc.Arbitrary<PairingSecrets> = fc.record({
  kRoot: bytes(32),
  kHdr: bytes(32),
  ck0: bytes(32),
  m: bytes(32),
  code10: fc.stringMatching(/^[0-9]{10}$/),
});

/** Both kinds of secret: what packs one and what makes bytes of bytes again. */
const kinds = [
  {
    name: 'generation',
    byteCount: GENERATION_BYTES,
    packed: generations.map((secrets) => packGeneration(secrets).bytes),
    again: (packed: Uint8Array) => packGeneration(unpackGeneration({ bytes: packed })).bytes,
  },
  {
    name: 'pairing',
    byteCount: PAIRING_SECRET_BYTES,
    packed: pairings.map((secrets) => packPairing(secrets).bytes),
    again: (packed: Uint8Array) => packPairing(unpackPairing({ bytes: packed })).bytes,
  },
] as const;

describe('packed secrets', () => {
  test('unpack as they were packed', () => {
    fc.assert(
      fc.property(generations, pairings, (generation, pairing) => {
        expect(unpackGeneration(packGeneration(generation))).toEqual(generation);
        expect(unpackPairing(packPairing(pairing))).toEqual(pairing);
      }),
    );
  });

  test('hold each key once, at its own place', () => {
    const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
    const generation = toHex(packGeneration({ ck: key(1), m: key(2), kHdr: key(3) }).bytes);
    expect(generation).toBe(['01', '02', '03'].map((byte) => byte.repeat(32)).join(''));
    const keys = { kRoot: key(4), kHdr: key(5), ck0: key(6), m: key(7) };
    const pairing = toHex(packPairing({ ...keys, code10: '0123456789' }).bytes);
    const digits = '30313233343536373839';
    expect(pairing).toBe(['04', '05', '06', '07'].map((byte) => byte.repeat(32)).join('') + digits);
  });
});

// A row's seal refuses every changed secret (sealing.prop.test.ts), so other sizes here are our own bug and assert.
describe.each(kinds)('the packed secrets of a $name', ({ byteCount, packed, again }) => {
  test('are of one size: any other is refused, cut, lengthened or random', () => {
    fc.assert(
      fc.property(packed, fc.uint8Array({ maxLength: 200 }), (secret, any) => {
        expect(secret.length).toBe(byteCount);
        for (let cut = 0; cut < secret.length; cut += 1) {
          expect(() => again(secret.slice(0, cut))).toThrow('Invariant broken');
        }
        expect(() => again(Uint8Array.of(...secret, 0))).toThrow('Invariant broken');
        if (any.length !== byteCount) expect(() => again(any)).toThrow('Invariant broken');
      }),
      { numRuns: 20 },
    );
  });

  test('with one bit flipped are other secrets', () => {
    fc.assert(
      fc.property(packed, (secret) => {
        for (let bit = 0; bit < secret.length * 8; bit += 1) {
          const flipped = secret.slice();
          flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect(toHex(again(flipped))).not.toBe(toHex(secret));
        }
      }),
      { numRuns: 3 },
    );
  });
});
