import { nobleCrypto as crypto } from '@chiavetta/protocol/ports';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitFlips, truncations } from '../../testing/codec-laws.ts';
import type { StagedPairing } from './staged-operation.ts';
import { openStagedPairing, STAGED_BYTES_MAX, sealStagedPairing } from './staged-operation.ts';

const u8 = fc.nat(0xff);
const bytes = (byteCount: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: byteCount, maxLength: byteCount });
const text = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)), maxLength });
const pairings: fc.Arbitrary<StagedPairing> = fc.record({
  slot: u8,
  keyId: u8,
  serverKey: bytes(32),
  hintKey: bytes(32),
  label: text(16),
  customerLabel: text(24),
  firstPrekeyId: u8,
  prekeySecrets: bytes(256),
});
const seals = fc.record({ stagingKey: bytes(32), nonce: bytes(12), staged: pairings });

describe('a staged pairing', () => {
  it('opens as it was sealed, under its own staging key only', () => {
    fc.assert(
      fc.property(seals, (job) => {
        const { stagingKey, staged } = job;
        const sealed = sealStagedPairing(crypto, job);
        expect(sealed.length).toBe(STAGED_BYTES_MAX);
        expect(openStagedPairing(crypto, { stagingKey, sealed })).toEqual(staged);
        const other = stagingKey.map((byte) => byte ^ 1);
        expect(openStagedPairing(crypto, { stagingKey: other, sealed })).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  it('does not open with any bit flipped, at any truncation, with a byte too many, or from any other bytes', () => {
    const [job] = fc.sample(seals, 1);
    if (job === undefined) throw new Error('no sample');
    const { stagingKey } = job;
    const sealed = sealStagedPairing(crypto, job);
    for (const wrong of [...bitFlips(sealed), ...truncations(sealed), Uint8Array.of(...sealed, 0)]) {
      expect(openStagedPairing(crypto, { stagingKey, sealed: wrong })).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 500 }), bytes(STAGED_BYTES_MAX)), (any) => {
        expect(openStagedPairing(crypto, { stagingKey, sealed: any })).toBeUndefined();
      }),
    );
  });
});
